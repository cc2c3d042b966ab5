// Original file: proto/uws/worker/v1/worker.proto


export interface Release {
  'attemptToken'?: (string);
  'reason'?: (string);
  'checkpoint'?: (Buffer | Uint8Array | string);
  '_checkpoint'?: "checkpoint";
}

export interface Release__Output {
  'attemptToken': (string);
  'reason': (string);
  'checkpoint'?: (Buffer);
  '_checkpoint'?: "checkpoint";
}
