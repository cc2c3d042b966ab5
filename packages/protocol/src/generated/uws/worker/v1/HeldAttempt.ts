// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface HeldAttempt {
  'attemptToken'?: (string);
  'acknowledgedSequence'?: (number | string | Long);
}

export interface HeldAttempt__Output {
  'attemptToken': (string);
  'acknowledgedSequence': (number);
}
