// Original file: proto/uws/worker/v1/worker.proto


export interface Accept {
  'attemptToken'?: (string);
}

export interface Accept__Output {
  'attemptToken': (string);
}
