// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/uws/worker/v1/worker.proto

export const _uws_worker_v1_Fail_Kind = {
  KIND_UNSPECIFIED: 'KIND_UNSPECIFIED',
  TRANSIENT: 'TRANSIENT',
  FATAL: 'FATAL',
} as const;

export type _uws_worker_v1_Fail_Kind =
  | 'KIND_UNSPECIFIED'
  | 0
  | 'TRANSIENT'
  | 1
  | 'FATAL'
  | 2

export type _uws_worker_v1_Fail_Kind__Output = typeof _uws_worker_v1_Fail_Kind[keyof typeof _uws_worker_v1_Fail_Kind]

export interface Fail {
  'attemptToken'?: (string);
  'kind'?: (_uws_worker_v1_Fail_Kind);
  'message'?: (string);
  'detail'?: (string);
  'retryable'?: (boolean);
  'retryDelayMs'?: (number | string | Long);
  'lastSequence'?: (number | string | Long);
}

export interface Fail__Output {
  'attemptToken': (string);
  'kind': (_uws_worker_v1_Fail_Kind__Output);
  'message': (string);
  'detail': (string);
  'retryable': (boolean);
  'retryDelayMs': (number);
  'lastSequence': (number);
}
