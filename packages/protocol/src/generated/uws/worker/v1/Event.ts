// Original file: proto/uws/worker/v1/worker.proto

import type { Progress as _uws_worker_v1_Progress, Progress__Output as _uws_worker_v1_Progress__Output } from '../../../uws/worker/v1/Progress';
import type { LogLine as _uws_worker_v1_LogLine, LogLine__Output as _uws_worker_v1_LogLine__Output } from '../../../uws/worker/v1/LogLine';
import type { Result as _uws_worker_v1_Result, Result__Output as _uws_worker_v1_Result__Output } from '../../../uws/worker/v1/Result';
import type { Checkpoint as _uws_worker_v1_Checkpoint, Checkpoint__Output as _uws_worker_v1_Checkpoint__Output } from '../../../uws/worker/v1/Checkpoint';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  'attemptToken'?: (string);
  'sequence'?: (number | string | Long);
  'progress'?: (_uws_worker_v1_Progress | null);
  'log'?: (_uws_worker_v1_LogLine | null);
  'result'?: (_uws_worker_v1_Result | null);
  'checkpoint'?: (_uws_worker_v1_Checkpoint | null);
  'event'?: "progress"|"log"|"result"|"checkpoint";
}

export interface Event__Output {
  'attemptToken': (string);
  'sequence': (number);
  'progress'?: (_uws_worker_v1_Progress__Output | null);
  'log'?: (_uws_worker_v1_LogLine__Output | null);
  'result'?: (_uws_worker_v1_Result__Output | null);
  'checkpoint'?: (_uws_worker_v1_Checkpoint__Output | null);
  'event'?: "progress"|"log"|"result"|"checkpoint";
}
