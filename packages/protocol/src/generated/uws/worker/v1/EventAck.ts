// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface EventAck {
  'attemptToken'?: (string);
  'sequence'?: (number | string | Long);
}

export interface EventAck__Output {
  'attemptToken': (string);
  'sequence': (number);
}
