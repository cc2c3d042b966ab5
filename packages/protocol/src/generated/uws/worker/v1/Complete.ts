// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface Complete {
  'attemptToken'?: (string);
  'lastSequence'?: (number | string | Long);
}

export interface Complete__Output {
  'attemptToken': (string);
  'lastSequence': (number);
}
