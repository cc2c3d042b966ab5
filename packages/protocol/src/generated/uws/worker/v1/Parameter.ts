// Original file: proto/uws/worker/v1/worker.proto

import type { UploadedParameter as _uws_worker_v1_UploadedParameter, UploadedParameter__Output as _uws_worker_v1_UploadedParameter__Output } from '../../../uws/worker/v1/UploadedParameter';

export interface Parameter {
  'name'?: (string);
  'value'?: (string);
  'uploaded'?: (_uws_worker_v1_UploadedParameter | null);
  'content'?: "value"|"uploaded";
}

export interface Parameter__Output {
  'name': (string);
  'value'?: (string);
  'uploaded'?: (_uws_worker_v1_UploadedParameter__Output | null);
  'content'?: "value"|"uploaded";
}
