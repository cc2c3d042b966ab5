// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface Result {
  'id'?: (string);
  'mediaType'?: (string);
  'inline'?: (Buffer | Uint8Array | string);
  'reference'?: (string);
  'size'?: (number | string | Long);
  'content'?: "inline"|"reference";
}

export interface Result__Output {
  'id': (string);
  'mediaType': (string);
  'inline'?: (Buffer);
  'reference'?: (string);
  'size': (number);
  'content'?: "inline"|"reference";
}
