// Original file: proto/uws/worker/v1/worker.proto

import type { Welcome as _uws_worker_v1_Welcome, Welcome__Output as _uws_worker_v1_Welcome__Output } from '../../../uws/worker/v1/Welcome';
import type { Assign as _uws_worker_v1_Assign, Assign__Output as _uws_worker_v1_Assign__Output } from '../../../uws/worker/v1/Assign';
import type { EventAck as _uws_worker_v1_EventAck, EventAck__Output as _uws_worker_v1_EventAck__Output } from '../../../uws/worker/v1/EventAck';
import type { Cancel as _uws_worker_v1_Cancel, Cancel__Output as _uws_worker_v1_Cancel__Output } from '../../../uws/worker/v1/Cancel';
import type { Fenced as _uws_worker_v1_Fenced, Fenced__Output as _uws_worker_v1_Fenced__Output } from '../../../uws/worker/v1/Fenced';
import type { Drain as _uws_worker_v1_Drain, Drain__Output as _uws_worker_v1_Drain__Output } from '../../../uws/worker/v1/Drain';
import type { Paused as _uws_worker_v1_Paused, Paused__Output as _uws_worker_v1_Paused__Output } from '../../../uws/worker/v1/Paused';
import type { Ended as _uws_worker_v1_Ended, Ended__Output as _uws_worker_v1_Ended__Output } from '../../../uws/worker/v1/Ended';

export interface ServerMessage {
  'welcome'?: (_uws_worker_v1_Welcome | null);
  'assign'?: (_uws_worker_v1_Assign | null);
  'eventAck'?: (_uws_worker_v1_EventAck | null);
  'cancel'?: (_uws_worker_v1_Cancel | null);
  'fenced'?: (_uws_worker_v1_Fenced | null);
  'drain'?: (_uws_worker_v1_Drain | null);
  'paused'?: (_uws_worker_v1_Paused | null);
  'ended'?: (_uws_worker_v1_Ended | null);
  'message'?: "welcome"|"assign"|"eventAck"|"cancel"|"fenced"|"drain"|"paused"|"ended";
}

export interface ServerMessage__Output {
  'welcome'?: (_uws_worker_v1_Welcome__Output | null);
  'assign'?: (_uws_worker_v1_Assign__Output | null);
  'eventAck'?: (_uws_worker_v1_EventAck__Output | null);
  'cancel'?: (_uws_worker_v1_Cancel__Output | null);
  'fenced'?: (_uws_worker_v1_Fenced__Output | null);
  'drain'?: (_uws_worker_v1_Drain__Output | null);
  'paused'?: (_uws_worker_v1_Paused__Output | null);
  'ended'?: (_uws_worker_v1_Ended__Output | null);
  'message'?: "welcome"|"assign"|"eventAck"|"cancel"|"fenced"|"drain"|"paused"|"ended";
}
