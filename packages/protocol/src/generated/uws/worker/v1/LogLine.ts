// Original file: proto/uws/worker/v1/worker.proto


// Original file: proto/uws/worker/v1/worker.proto

export const _uws_worker_v1_LogLine_Level = {
  LEVEL_UNSPECIFIED: 'LEVEL_UNSPECIFIED',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARN: 'WARN',
  ERROR: 'ERROR',
} as const;

export type _uws_worker_v1_LogLine_Level =
  | 'LEVEL_UNSPECIFIED'
  | 0
  | 'DEBUG'
  | 1
  | 'INFO'
  | 2
  | 'WARN'
  | 3
  | 'ERROR'
  | 4

export type _uws_worker_v1_LogLine_Level__Output = typeof _uws_worker_v1_LogLine_Level[keyof typeof _uws_worker_v1_LogLine_Level]

export interface LogLine {
  'level'?: (_uws_worker_v1_LogLine_Level);
  'message'?: (string);
}

export interface LogLine__Output {
  'level': (_uws_worker_v1_LogLine_Level__Output);
  'message': (string);
}
