// Original file: proto/uws/worker/v1/worker.proto


export interface Progress {
  'fraction'?: (number | string);
  'message'?: (string);
  'counters'?: ({[key: string]: number | string});
}

export interface Progress__Output {
  'fraction': (number);
  'message': (string);
  'counters': ({[key: string]: number});
}
