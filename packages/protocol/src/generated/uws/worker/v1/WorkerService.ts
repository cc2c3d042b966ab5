// Original file: proto/uws/worker/v1/worker.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Chunk as _uws_worker_v1_Chunk, Chunk__Output as _uws_worker_v1_Chunk__Output } from '../../../uws/worker/v1/Chunk';
import type { ParameterRef as _uws_worker_v1_ParameterRef, ParameterRef__Output as _uws_worker_v1_ParameterRef__Output } from '../../../uws/worker/v1/ParameterRef';
import type { ResultChunk as _uws_worker_v1_ResultChunk, ResultChunk__Output as _uws_worker_v1_ResultChunk__Output } from '../../../uws/worker/v1/ResultChunk';
import type { ServerMessage as _uws_worker_v1_ServerMessage, ServerMessage__Output as _uws_worker_v1_ServerMessage__Output } from '../../../uws/worker/v1/ServerMessage';
import type { StoredResult as _uws_worker_v1_StoredResult, StoredResult__Output as _uws_worker_v1_StoredResult__Output } from '../../../uws/worker/v1/StoredResult';
import type { WorkerMessage as _uws_worker_v1_WorkerMessage, WorkerMessage__Output as _uws_worker_v1_WorkerMessage__Output } from '../../../uws/worker/v1/WorkerMessage';

export interface WorkerServiceClient extends grpc.Client {
  DownloadParameter(argument: _uws_worker_v1_ParameterRef, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_uws_worker_v1_Chunk__Output>;
  DownloadParameter(argument: _uws_worker_v1_ParameterRef, options?: grpc.CallOptions): grpc.ClientReadableStream<_uws_worker_v1_Chunk__Output>;
  downloadParameter(argument: _uws_worker_v1_ParameterRef, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_uws_worker_v1_Chunk__Output>;
  downloadParameter(argument: _uws_worker_v1_ParameterRef, options?: grpc.CallOptions): grpc.ClientReadableStream<_uws_worker_v1_Chunk__Output>;
  
  UploadResult(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  UploadResult(metadata: grpc.Metadata, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  UploadResult(options: grpc.CallOptions, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  UploadResult(callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  uploadResult(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  uploadResult(metadata: grpc.Metadata, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  uploadResult(options: grpc.CallOptions, callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  uploadResult(callback: grpc.requestCallback<_uws_worker_v1_StoredResult__Output>): grpc.ClientWritableStream<_uws_worker_v1_ResultChunk>;
  
  Work(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_uws_worker_v1_WorkerMessage, _uws_worker_v1_ServerMessage__Output>;
  Work(options?: grpc.CallOptions): grpc.ClientDuplexStream<_uws_worker_v1_WorkerMessage, _uws_worker_v1_ServerMessage__Output>;
  work(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_uws_worker_v1_WorkerMessage, _uws_worker_v1_ServerMessage__Output>;
  work(options?: grpc.CallOptions): grpc.ClientDuplexStream<_uws_worker_v1_WorkerMessage, _uws_worker_v1_ServerMessage__Output>;
  
}

export interface WorkerServiceHandlers extends grpc.UntypedServiceImplementation {
  DownloadParameter: grpc.handleServerStreamingCall<_uws_worker_v1_ParameterRef__Output, _uws_worker_v1_Chunk>;
  
  UploadResult: grpc.handleClientStreamingCall<_uws_worker_v1_ResultChunk__Output, _uws_worker_v1_StoredResult>;
  
  Work: grpc.handleBidiStreamingCall<_uws_worker_v1_WorkerMessage__Output, _uws_worker_v1_ServerMessage>;
  
}

export interface WorkerServiceDefinition extends grpc.ServiceDefinition {
  DownloadParameter: MethodDefinition<_uws_worker_v1_ParameterRef, _uws_worker_v1_Chunk, _uws_worker_v1_ParameterRef__Output, _uws_worker_v1_Chunk__Output>
  UploadResult: MethodDefinition<_uws_worker_v1_ResultChunk, _uws_worker_v1_StoredResult, _uws_worker_v1_ResultChunk__Output, _uws_worker_v1_StoredResult__Output>
  Work: MethodDefinition<_uws_worker_v1_WorkerMessage, _uws_worker_v1_ServerMessage, _uws_worker_v1_WorkerMessage__Output, _uws_worker_v1_ServerMessage__Output>
}
