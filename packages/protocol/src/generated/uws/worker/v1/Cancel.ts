// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/uws/worker/v1/worker.proto

export const _uws_worker_v1_Cancel_Reason = {
  REASON_UNSPECIFIED: 'REASON_UNSPECIFIED',
  ABORTED: 'ABORTED',
  TIMED_OUT: 'TIMED_OUT',
  DESTROYED: 'DESTROYED',
} as const;

export type _uws_worker_v1_Cancel_Reason =
  | 'REASON_UNSPECIFIED'
  | 0
  | 'ABORTED'
  | 1
  | 'TIMED_OUT'
  | 2
  | 'DESTROYED'
  | 3

export type _uws_worker_v1_Cancel_Reason__Output = typeof _uws_worker_v1_Cancel_Reason[keyof typeof _uws_worker_v1_Cancel_Reason]

export interface Cancel {
  'attemptToken'?: (string);
  'reason'?: (_uws_worker_v1_Cancel_Reason);
  'graceMs'?: (number | string | Long);
}

export interface Cancel__Output {
  'attemptToken': (string);
  'reason': (_uws_worker_v1_Cancel_Reason__Output);
  'graceMs': (number);
}
