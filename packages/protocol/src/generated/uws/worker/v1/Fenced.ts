// Original file: proto/uws/worker/v1/worker.proto


export interface Fenced {
  'attemptToken'?: (string);
}

export interface Fenced__Output {
  'attemptToken': (string);
}
