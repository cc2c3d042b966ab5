// Original file: proto/uws/worker/v1/worker.proto


export interface Credit {
  'pool'?: (string);
  'totalSlots'?: (number);
}

export interface Credit__Output {
  'pool': (string);
  'totalSlots': (number);
}
