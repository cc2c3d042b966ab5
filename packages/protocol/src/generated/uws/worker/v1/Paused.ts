// Original file: proto/uws/worker/v1/worker.proto


export interface Paused {
  'jobType'?: (string);
  'paused'?: (boolean);
}

export interface Paused__Output {
  'jobType': (string);
  'paused': (boolean);
}
