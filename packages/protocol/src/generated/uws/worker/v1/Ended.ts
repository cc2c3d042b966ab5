// Original file: proto/uws/worker/v1/worker.proto


export interface Ended {
  'attemptToken'?: (string);
}

export interface Ended__Output {
  'attemptToken': (string);
}
