import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Accept as _uws_worker_v1_Accept, Accept__Output as _uws_worker_v1_Accept__Output } from './uws/worker/v1/Accept';
import type { Assign as _uws_worker_v1_Assign, Assign__Output as _uws_worker_v1_Assign__Output } from './uws/worker/v1/Assign';
import type { Cancel as _uws_worker_v1_Cancel, Cancel__Output as _uws_worker_v1_Cancel__Output } from './uws/worker/v1/Cancel';
import type { Cancelled as _uws_worker_v1_Cancelled, Cancelled__Output as _uws_worker_v1_Cancelled__Output } from './uws/worker/v1/Cancelled';
import type { Checkpoint as _uws_worker_v1_Checkpoint, Checkpoint__Output as _uws_worker_v1_Checkpoint__Output } from './uws/worker/v1/Checkpoint';
import type { Chunk as _uws_worker_v1_Chunk, Chunk__Output as _uws_worker_v1_Chunk__Output } from './uws/worker/v1/Chunk';
import type { Complete as _uws_worker_v1_Complete, Complete__Output as _uws_worker_v1_Complete__Output } from './uws/worker/v1/Complete';
import type { Credit as _uws_worker_v1_Credit, Credit__Output as _uws_worker_v1_Credit__Output } from './uws/worker/v1/Credit';
import type { Drain as _uws_worker_v1_Drain, Drain__Output as _uws_worker_v1_Drain__Output } from './uws/worker/v1/Drain';
import type { Draining as _uws_worker_v1_Draining, Draining__Output as _uws_worker_v1_Draining__Output } from './uws/worker/v1/Draining';
import type { Ended as _uws_worker_v1_Ended, Ended__Output as _uws_worker_v1_Ended__Output } from './uws/worker/v1/Ended';
import type { Event as _uws_worker_v1_Event, Event__Output as _uws_worker_v1_Event__Output } from './uws/worker/v1/Event';
import type { EventAck as _uws_worker_v1_EventAck, EventAck__Output as _uws_worker_v1_EventAck__Output } from './uws/worker/v1/EventAck';
import type { Fail as _uws_worker_v1_Fail, Fail__Output as _uws_worker_v1_Fail__Output } from './uws/worker/v1/Fail';
import type { Fenced as _uws_worker_v1_Fenced, Fenced__Output as _uws_worker_v1_Fenced__Output } from './uws/worker/v1/Fenced';
import type { Heartbeat as _uws_worker_v1_Heartbeat, Heartbeat__Output as _uws_worker_v1_Heartbeat__Output } from './uws/worker/v1/Heartbeat';
import type { HeldAttempt as _uws_worker_v1_HeldAttempt, HeldAttempt__Output as _uws_worker_v1_HeldAttempt__Output } from './uws/worker/v1/HeldAttempt';
import type { HeldVerdict as _uws_worker_v1_HeldVerdict, HeldVerdict__Output as _uws_worker_v1_HeldVerdict__Output } from './uws/worker/v1/HeldVerdict';
import type { Hello as _uws_worker_v1_Hello, Hello__Output as _uws_worker_v1_Hello__Output } from './uws/worker/v1/Hello';
import type { LogLine as _uws_worker_v1_LogLine, LogLine__Output as _uws_worker_v1_LogLine__Output } from './uws/worker/v1/LogLine';
import type { Parameter as _uws_worker_v1_Parameter, Parameter__Output as _uws_worker_v1_Parameter__Output } from './uws/worker/v1/Parameter';
import type { ParameterRef as _uws_worker_v1_ParameterRef, ParameterRef__Output as _uws_worker_v1_ParameterRef__Output } from './uws/worker/v1/ParameterRef';
import type { Paused as _uws_worker_v1_Paused, Paused__Output as _uws_worker_v1_Paused__Output } from './uws/worker/v1/Paused';
import type { Progress as _uws_worker_v1_Progress, Progress__Output as _uws_worker_v1_Progress__Output } from './uws/worker/v1/Progress';
import type { Release as _uws_worker_v1_Release, Release__Output as _uws_worker_v1_Release__Output } from './uws/worker/v1/Release';
import type { Result as _uws_worker_v1_Result, Result__Output as _uws_worker_v1_Result__Output } from './uws/worker/v1/Result';
import type { ResultChunk as _uws_worker_v1_ResultChunk, ResultChunk__Output as _uws_worker_v1_ResultChunk__Output } from './uws/worker/v1/ResultChunk';
import type { ResultEnd as _uws_worker_v1_ResultEnd, ResultEnd__Output as _uws_worker_v1_ResultEnd__Output } from './uws/worker/v1/ResultEnd';
import type { ResultHeader as _uws_worker_v1_ResultHeader, ResultHeader__Output as _uws_worker_v1_ResultHeader__Output } from './uws/worker/v1/ResultHeader';
import type { ServerMessage as _uws_worker_v1_ServerMessage, ServerMessage__Output as _uws_worker_v1_ServerMessage__Output } from './uws/worker/v1/ServerMessage';
import type { StoredResult as _uws_worker_v1_StoredResult, StoredResult__Output as _uws_worker_v1_StoredResult__Output } from './uws/worker/v1/StoredResult';
import type { UploadedParameter as _uws_worker_v1_UploadedParameter, UploadedParameter__Output as _uws_worker_v1_UploadedParameter__Output } from './uws/worker/v1/UploadedParameter';
import type { Welcome as _uws_worker_v1_Welcome, Welcome__Output as _uws_worker_v1_Welcome__Output } from './uws/worker/v1/Welcome';
import type { WorkerMessage as _uws_worker_v1_WorkerMessage, WorkerMessage__Output as _uws_worker_v1_WorkerMessage__Output } from './uws/worker/v1/WorkerMessage';
import type { WorkerServiceClient as _uws_worker_v1_WorkerServiceClient, WorkerServiceDefinition as _uws_worker_v1_WorkerServiceDefinition } from './uws/worker/v1/WorkerService';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  uws: {
    worker: {
      v1: {
        Accept: MessageTypeDefinition<_uws_worker_v1_Accept, _uws_worker_v1_Accept__Output>
        Assign: MessageTypeDefinition<_uws_worker_v1_Assign, _uws_worker_v1_Assign__Output>
        Cancel: MessageTypeDefinition<_uws_worker_v1_Cancel, _uws_worker_v1_Cancel__Output>
        Cancelled: MessageTypeDefinition<_uws_worker_v1_Cancelled, _uws_worker_v1_Cancelled__Output>
        Checkpoint: MessageTypeDefinition<_uws_worker_v1_Checkpoint, _uws_worker_v1_Checkpoint__Output>
        Chunk: MessageTypeDefinition<_uws_worker_v1_Chunk, _uws_worker_v1_Chunk__Output>
        Complete: MessageTypeDefinition<_uws_worker_v1_Complete, _uws_worker_v1_Complete__Output>
        Credit: MessageTypeDefinition<_uws_worker_v1_Credit, _uws_worker_v1_Credit__Output>
        Drain: MessageTypeDefinition<_uws_worker_v1_Drain, _uws_worker_v1_Drain__Output>
        Draining: MessageTypeDefinition<_uws_worker_v1_Draining, _uws_worker_v1_Draining__Output>
        Ended: MessageTypeDefinition<_uws_worker_v1_Ended, _uws_worker_v1_Ended__Output>
        Event: MessageTypeDefinition<_uws_worker_v1_Event, _uws_worker_v1_Event__Output>
        EventAck: MessageTypeDefinition<_uws_worker_v1_EventAck, _uws_worker_v1_EventAck__Output>
        Fail: MessageTypeDefinition<_uws_worker_v1_Fail, _uws_worker_v1_Fail__Output>
        Fenced: MessageTypeDefinition<_uws_worker_v1_Fenced, _uws_worker_v1_Fenced__Output>
        Heartbeat: MessageTypeDefinition<_uws_worker_v1_Heartbeat, _uws_worker_v1_Heartbeat__Output>
        HeldAttempt: MessageTypeDefinition<_uws_worker_v1_HeldAttempt, _uws_worker_v1_HeldAttempt__Output>
        HeldVerdict: MessageTypeDefinition<_uws_worker_v1_HeldVerdict, _uws_worker_v1_HeldVerdict__Output>
        Hello: MessageTypeDefinition<_uws_worker_v1_Hello, _uws_worker_v1_Hello__Output>
        LogLine: MessageTypeDefinition<_uws_worker_v1_LogLine, _uws_worker_v1_LogLine__Output>
        Parameter: MessageTypeDefinition<_uws_worker_v1_Parameter, _uws_worker_v1_Parameter__Output>
        ParameterRef: MessageTypeDefinition<_uws_worker_v1_ParameterRef, _uws_worker_v1_ParameterRef__Output>
        Paused: MessageTypeDefinition<_uws_worker_v1_Paused, _uws_worker_v1_Paused__Output>
        Progress: MessageTypeDefinition<_uws_worker_v1_Progress, _uws_worker_v1_Progress__Output>
        Release: MessageTypeDefinition<_uws_worker_v1_Release, _uws_worker_v1_Release__Output>
        Result: MessageTypeDefinition<_uws_worker_v1_Result, _uws_worker_v1_Result__Output>
        ResultChunk: MessageTypeDefinition<_uws_worker_v1_ResultChunk, _uws_worker_v1_ResultChunk__Output>
        ResultEnd: MessageTypeDefinition<_uws_worker_v1_ResultEnd, _uws_worker_v1_ResultEnd__Output>
        ResultHeader: MessageTypeDefinition<_uws_worker_v1_ResultHeader, _uws_worker_v1_ResultHeader__Output>
        ServerMessage: MessageTypeDefinition<_uws_worker_v1_ServerMessage, _uws_worker_v1_ServerMessage__Output>
        StoredResult: MessageTypeDefinition<_uws_worker_v1_StoredResult, _uws_worker_v1_StoredResult__Output>
        UploadedParameter: MessageTypeDefinition<_uws_worker_v1_UploadedParameter, _uws_worker_v1_UploadedParameter__Output>
        Welcome: MessageTypeDefinition<_uws_worker_v1_Welcome, _uws_worker_v1_Welcome__Output>
        WorkerMessage: MessageTypeDefinition<_uws_worker_v1_WorkerMessage, _uws_worker_v1_WorkerMessage__Output>
        WorkerService: SubtypeConstructor<typeof grpc.Client, _uws_worker_v1_WorkerServiceClient> & { service: _uws_worker_v1_WorkerServiceDefinition }
      }
    }
  }
}

