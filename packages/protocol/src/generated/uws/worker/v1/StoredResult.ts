// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface StoredResult {
  'id'?: (string);
  'size'?: (number | string | Long);
  'sha256'?: (Buffer | Uint8Array | string);
}

export interface StoredResult__Output {
  'id': (string);
  'size': (number);
  'sha256': (Buffer);
}
