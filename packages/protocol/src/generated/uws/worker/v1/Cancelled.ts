// Original file: proto/uws/worker/v1/worker.proto


export interface Cancelled {
  'attemptToken'?: (string);
}

export interface Cancelled__Output {
  'attemptToken': (string);
}
