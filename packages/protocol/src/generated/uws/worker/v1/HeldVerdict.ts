// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface HeldVerdict {
  'attemptToken'?: (string);
  'valid'?: (boolean);
  'acknowledgedSequence'?: (number | string | Long);
}

export interface HeldVerdict__Output {
  'attemptToken': (string);
  'valid': (boolean);
  'acknowledgedSequence': (number);
}
