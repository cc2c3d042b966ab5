// Original file: proto/uws/worker/v1/worker.proto


export interface ResultEnd {
  'sha256'?: (Buffer | Uint8Array | string);
}

export interface ResultEnd__Output {
  'sha256': (Buffer);
}
