// Original file: proto/uws/worker/v1/worker.proto

import type { ResultHeader as _uws_worker_v1_ResultHeader, ResultHeader__Output as _uws_worker_v1_ResultHeader__Output } from '../../../uws/worker/v1/ResultHeader';
import type { ResultEnd as _uws_worker_v1_ResultEnd, ResultEnd__Output as _uws_worker_v1_ResultEnd__Output } from '../../../uws/worker/v1/ResultEnd';

export interface ResultChunk {
  'header'?: (_uws_worker_v1_ResultHeader | null);
  'data'?: (Buffer | Uint8Array | string);
  'end'?: (_uws_worker_v1_ResultEnd | null);
  'chunk'?: "header"|"data"|"end";
}

export interface ResultChunk__Output {
  'header'?: (_uws_worker_v1_ResultHeader__Output | null);
  'data'?: (Buffer);
  'end'?: (_uws_worker_v1_ResultEnd__Output | null);
  'chunk'?: "header"|"data"|"end";
}
