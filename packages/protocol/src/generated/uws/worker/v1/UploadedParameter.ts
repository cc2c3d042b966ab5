// Original file: proto/uws/worker/v1/worker.proto

import type { Long } from '@grpc/proto-loader';

export interface UploadedParameter {
  'mediaType'?: (string);
  'filename'?: (string);
  'size'?: (number | string | Long);
}

export interface UploadedParameter__Output {
  'mediaType': (string);
  'filename': (string);
  'size': (number);
}
