// Original file: proto/uws/worker/v1/worker.proto


export interface Checkpoint {
  'state'?: (Buffer | Uint8Array | string);
}

export interface Checkpoint__Output {
  'state': (Buffer);
}
