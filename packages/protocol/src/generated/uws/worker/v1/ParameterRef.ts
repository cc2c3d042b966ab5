// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface ParameterRef {
  'attemptToken'?: (string);
  'name'?: (string);
  'offset'?: (number | string | Long);
}

export interface ParameterRef__Output {
  'attemptToken': (string);
  'name': (string);
  'offset': (number);
}
