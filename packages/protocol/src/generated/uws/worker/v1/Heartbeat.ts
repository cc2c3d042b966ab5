// Original file: proto/uws/worker/v1/worker.proto


export interface Heartbeat {
  'attemptTokens'?: (string)[];
}

export interface Heartbeat__Output {
  'attemptTokens': (string)[];
}
