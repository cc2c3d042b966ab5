// Original file: proto/uws/worker/v1/worker.proto

import type { Hello as _uws_worker_v1_Hello, Hello__Output as _uws_worker_v1_Hello__Output } from '../../../uws/worker/v1/Hello';
import type { Credit as _uws_worker_v1_Credit, Credit__Output as _uws_worker_v1_Credit__Output } from '../../../uws/worker/v1/Credit';
import type { Accept as _uws_worker_v1_Accept, Accept__Output as _uws_worker_v1_Accept__Output } from '../../../uws/worker/v1/Accept';
import type { Event as _uws_worker_v1_Event, Event__Output as _uws_worker_v1_Event__Output } from '../../../uws/worker/v1/Event';
import type { Complete as _uws_worker_v1_Complete, Complete__Output as _uws_worker_v1_Complete__Output } from '../../../uws/worker/v1/Complete';
import type { Fail as _uws_worker_v1_Fail, Fail__Output as _uws_worker_v1_Fail__Output } from '../../../uws/worker/v1/Fail';
import type { Cancelled as _uws_worker_v1_Cancelled, Cancelled__Output as _uws_worker_v1_Cancelled__Output } from '../../../uws/worker/v1/Cancelled';
import type { Release as _uws_worker_v1_Release, Release__Output as _uws_worker_v1_Release__Output } from '../../../uws/worker/v1/Release';
import type { Heartbeat as _uws_worker_v1_Heartbeat, Heartbeat__Output as _uws_worker_v1_Heartbeat__Output } from '../../../uws/worker/v1/Heartbeat';
import type { Draining as _uws_worker_v1_Draining, Draining__Output as _uws_worker_v1_Draining__Output } from '../../../uws/worker/v1/Draining';

export interface WorkerMessage {
  'hello'?: (_uws_worker_v1_Hello | null);
  'credit'?: (_uws_worker_v1_Credit | null);
  'accept'?: (_uws_worker_v1_Accept | null);
  'event'?: (_uws_worker_v1_Event | null);
  'complete'?: (_uws_worker_v1_Complete | null);
  'fail'?: (_uws_worker_v1_Fail | null);
  'cancelled'?: (_uws_worker_v1_Cancelled | null);
  'release'?: (_uws_worker_v1_Release | null);
  'heartbeat'?: (_uws_worker_v1_Heartbeat | null);
  'draining'?: (_uws_worker_v1_Draining | null);
  'message'?: "hello"|"credit"|"accept"|"event"|"complete"|"fail"|"cancelled"|"release"|"heartbeat"|"draining";
}

export interface WorkerMessage__Output {
  'hello'?: (_uws_worker_v1_Hello__Output | null);
  'credit'?: (_uws_worker_v1_Credit__Output | null);
  'accept'?: (_uws_worker_v1_Accept__Output | null);
  'event'?: (_uws_worker_v1_Event__Output | null);
  'complete'?: (_uws_worker_v1_Complete__Output | null);
  'fail'?: (_uws_worker_v1_Fail__Output | null);
  'cancelled'?: (_uws_worker_v1_Cancelled__Output | null);
  'release'?: (_uws_worker_v1_Release__Output | null);
  'heartbeat'?: (_uws_worker_v1_Heartbeat__Output | null);
  'draining'?: (_uws_worker_v1_Draining__Output | null);
  'message'?: "hello"|"credit"|"accept"|"event"|"complete"|"fail"|"cancelled"|"release"|"heartbeat"|"draining";
}
