// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface Drain {
  'deadlineMs'?: (number | string | Long);
}

export interface Drain__Output {
  'deadlineMs': (number);
}
