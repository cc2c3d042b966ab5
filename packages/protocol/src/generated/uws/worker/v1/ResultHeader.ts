// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface ResultHeader {
  'attemptToken'?: (string);
  'id'?: (string);
  'mediaType'?: (string);
  'size'?: (number | string | Long);
}

export interface ResultHeader__Output {
  'attemptToken': (string);
  'id': (string);
  'mediaType': (string);
  'size': (number);
}
