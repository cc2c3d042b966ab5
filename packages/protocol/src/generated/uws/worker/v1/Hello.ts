// Original file: proto/uws/worker/v1/worker.proto

import type { HeldAttempt as _uws_worker_v1_HeldAttempt, HeldAttempt__Output as _uws_worker_v1_HeldAttempt__Output } from '../../../uws/worker/v1/HeldAttempt';

export interface Hello {
  'protocolVersion'?: (number);
  'workerName'?: (string);
  'instanceId'?: (string);
  'sdk'?: (string);
  'jobTypes'?: (string)[];
  'labels'?: ({[key: string]: string});
  'descriptions'?: (string)[];
  'held'?: (_uws_worker_v1_HeldAttempt)[];
}

export interface Hello__Output {
  'protocolVersion': (number);
  'workerName': (string);
  'instanceId': (string);
  'sdk': (string);
  'jobTypes': (string)[];
  'labels': ({[key: string]: string});
  'descriptions': (string)[];
  'held': (_uws_worker_v1_HeldAttempt__Output)[];
}
