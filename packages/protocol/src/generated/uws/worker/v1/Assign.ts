// Original file: proto/uws/worker/v1/worker.proto

import type { Parameter as _uws_worker_v1_Parameter, Parameter__Output as _uws_worker_v1_Parameter__Output } from '../../../uws/worker/v1/Parameter';
import type { Long } from '@grpc/proto-loader';

export interface Assign {
  'attemptToken'?: (string);
  'jobId'?: (string);
  'runId'?: (string);
  'owner'?: (string);
  'jobType'?: (string);
  'jobTypeVersion'?: (string);
  'attempt'?: (number);
  'leaseMs'?: (number | string | Long);
  'timeAllowedMs'?: (number | string | Long);
  'parameters'?: (_uws_worker_v1_Parameter)[];
  'checkpoint'?: (Buffer | Uint8Array | string);
  'traceContext'?: ({[key: string]: string});
  '_checkpoint'?: "checkpoint";
}

export interface Assign__Output {
  'attemptToken': (string);
  'jobId': (string);
  'runId': (string);
  'owner': (string);
  'jobType': (string);
  'jobTypeVersion': (string);
  'attempt': (number);
  'leaseMs': (number);
  'timeAllowedMs': (number);
  'parameters': (_uws_worker_v1_Parameter__Output)[];
  'checkpoint'?: (Buffer);
  'traceContext': ({[key: string]: string});
  '_checkpoint'?: "checkpoint";
}
