// Original file: proto/uws/worker/v1/worker.proto

import type { HeldVerdict as _uws_worker_v1_HeldVerdict, HeldVerdict__Output as _uws_worker_v1_HeldVerdict__Output } from '../../../uws/worker/v1/HeldVerdict';
import type { Long } from '@grpc/proto-loader';

export interface Welcome {
  'protocolVersion'?: (number);
  'sessionId'?: (string);
  'leaseMs'?: (number | string | Long);
  'heartbeatMs'?: (number | string | Long);
  'acceptTimeoutMs'?: (number | string | Long);
  'maxMessageBytes'?: (number | string | Long);
  'maxInlineResultBytes'?: (number | string | Long);
  'maxResultBytes'?: (number | string | Long);
  'held'?: (_uws_worker_v1_HeldVerdict)[];
}

export interface Welcome__Output {
  'protocolVersion': (number);
  'sessionId': (string);
  'leaseMs': (number);
  'heartbeatMs': (number);
  'acceptTimeoutMs': (number);
  'maxMessageBytes': (number);
  'maxInlineResultBytes': (number);
  'maxResultBytes': (number);
  'held': (_uws_worker_v1_HeldVerdict__Output)[];
}
