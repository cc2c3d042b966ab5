from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkerMessage(_message.Message):
    __slots__ = ("hello", "credit", "accept", "event", "complete", "fail", "cancelled", "release", "heartbeat", "draining")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    FAIL_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    credit: Credit
    accept: Accept
    event: Event
    complete: Complete
    fail: Fail
    cancelled: Cancelled
    release: Release
    heartbeat: Heartbeat
    draining: Draining
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., credit: _Optional[_Union[Credit, _Mapping]] = ..., accept: _Optional[_Union[Accept, _Mapping]] = ..., event: _Optional[_Union[Event, _Mapping]] = ..., complete: _Optional[_Union[Complete, _Mapping]] = ..., fail: _Optional[_Union[Fail, _Mapping]] = ..., cancelled: _Optional[_Union[Cancelled, _Mapping]] = ..., release: _Optional[_Union[Release, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("protocol_version", "worker_name", "instance_id", "sdk", "job_types", "labels", "descriptions", "held")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    SDK_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    protocol_version: int
    worker_name: str
    instance_id: str
    sdk: str
    job_types: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    descriptions: _containers.RepeatedScalarFieldContainer[str]
    held: _containers.RepeatedCompositeFieldContainer[HeldAttempt]
    def __init__(self, protocol_version: _Optional[int] = ..., worker_name: _Optional[str] = ..., instance_id: _Optional[str] = ..., sdk: _Optional[str] = ..., job_types: _Optional[_Iterable[str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., descriptions: _Optional[_Iterable[str]] = ..., held: _Optional[_Iterable[_Union[HeldAttempt, _Mapping]]] = ...) -> None: ...

class HeldAttempt(_message.Message):
    __slots__ = ("attempt_token", "acknowledged_sequence")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    acknowledged_sequence: int
    def __init__(self, attempt_token: _Optional[str] = ..., acknowledged_sequence: _Optional[int] = ...) -> None: ...

class Credit(_message.Message):
    __slots__ = ("pool", "total_slots")
    POOL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SLOTS_FIELD_NUMBER: _ClassVar[int]
    pool: str
    total_slots: int
    def __init__(self, pool: _Optional[str] = ..., total_slots: _Optional[int] = ...) -> None: ...

class Accept(_message.Message):
    __slots__ = ("attempt_token",)
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    def __init__(self, attempt_token: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("attempt_token", "sequence", "progress", "log", "result", "checkpoint")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    sequence: int
    progress: Progress
    log: LogLine
    result: Result
    checkpoint: Checkpoint
    def __init__(self, attempt_token: _Optional[str] = ..., sequence: _Optional[int] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., log: _Optional[_Union[LogLine, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ..., checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("fraction", "message", "counters")
    class CountersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    fraction: float
    message: str
    counters: _containers.ScalarMap[str, float]
    def __init__(self, fraction: _Optional[float] = ..., message: _Optional[str] = ..., counters: _Optional[_Mapping[str, float]] = ...) -> None: ...

class LogLine(_message.Message):
    __slots__ = ("level", "message")
    class Level(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LEVEL_UNSPECIFIED: _ClassVar[LogLine.Level]
        DEBUG: _ClassVar[LogLine.Level]
        INFO: _ClassVar[LogLine.Level]
        WARN: _ClassVar[LogLine.Level]
        ERROR: _ClassVar[LogLine.Level]
    LEVEL_UNSPECIFIED: LogLine.Level
    DEBUG: LogLine.Level
    INFO: LogLine.Level
    WARN: LogLine.Level
    ERROR: LogLine.Level
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    level: LogLine.Level
    message: str
    def __init__(self, level: _Optional[_Union[LogLine.Level, str]] = ..., message: _Optional[str] = ...) -> None: ...

class Result(_message.Message):
    __slots__ = ("id", "media_type", "inline", "reference", "size")
    ID_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    INLINE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    id: str
    media_type: str
    inline: bytes
    reference: str
    size: int
    def __init__(self, id: _Optional[str] = ..., media_type: _Optional[str] = ..., inline: _Optional[bytes] = ..., reference: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class Checkpoint(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: bytes
    def __init__(self, state: _Optional[bytes] = ...) -> None: ...

class Complete(_message.Message):
    __slots__ = ("attempt_token", "last_sequence")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    last_sequence: int
    def __init__(self, attempt_token: _Optional[str] = ..., last_sequence: _Optional[int] = ...) -> None: ...

class Fail(_message.Message):
    __slots__ = ("attempt_token", "kind", "message", "detail", "retryable", "retry_delay_ms", "last_sequence")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[Fail.Kind]
        TRANSIENT: _ClassVar[Fail.Kind]
        FATAL: _ClassVar[Fail.Kind]
    KIND_UNSPECIFIED: Fail.Kind
    TRANSIENT: Fail.Kind
    FATAL: Fail.Kind
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    kind: Fail.Kind
    message: str
    detail: str
    retryable: bool
    retry_delay_ms: int
    last_sequence: int
    def __init__(self, attempt_token: _Optional[str] = ..., kind: _Optional[_Union[Fail.Kind, str]] = ..., message: _Optional[str] = ..., detail: _Optional[str] = ..., retryable: _Optional[bool] = ..., retry_delay_ms: _Optional[int] = ..., last_sequence: _Optional[int] = ...) -> None: ...

class Cancelled(_message.Message):
    __slots__ = ("attempt_token",)
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    def __init__(self, attempt_token: _Optional[str] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("attempt_token", "reason", "checkpoint")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    reason: str
    checkpoint: bytes
    def __init__(self, attempt_token: _Optional[str] = ..., reason: _Optional[str] = ..., checkpoint: _Optional[bytes] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("attempt_tokens",)
    ATTEMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    attempt_tokens: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, attempt_tokens: _Optional[_Iterable[str]] = ...) -> None: ...

class Draining(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ServerMessage(_message.Message):
    __slots__ = ("welcome", "assign", "event_ack", "cancel", "fenced", "drain", "paused", "ended")
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    ASSIGN_FIELD_NUMBER: _ClassVar[int]
    EVENT_ACK_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    FENCED_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    welcome: Welcome
    assign: Assign
    event_ack: EventAck
    cancel: Cancel
    fenced: Fenced
    drain: Drain
    paused: Paused
    ended: Ended
    def __init__(self, welcome: _Optional[_Union[Welcome, _Mapping]] = ..., assign: _Optional[_Union[Assign, _Mapping]] = ..., event_ack: _Optional[_Union[EventAck, _Mapping]] = ..., cancel: _Optional[_Union[Cancel, _Mapping]] = ..., fenced: _Optional[_Union[Fenced, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ..., paused: _Optional[_Union[Paused, _Mapping]] = ..., ended: _Optional[_Union[Ended, _Mapping]] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("protocol_version", "session_id", "lease_ms", "heartbeat_ms", "accept_timeout_ms", "max_message_bytes", "max_inline_result_bytes", "max_result_bytes", "held")
    PROTOCOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_MS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MS_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_INLINE_RESULT_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULT_BYTES_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    protocol_version: int
    session_id: str
    lease_ms: int
    heartbeat_ms: int
    accept_timeout_ms: int
    max_message_bytes: int
    max_inline_result_bytes: int
    max_result_bytes: int
    held: _containers.RepeatedCompositeFieldContainer[HeldVerdict]
    def __init__(self, protocol_version: _Optional[int] = ..., session_id: _Optional[str] = ..., lease_ms: _Optional[int] = ..., heartbeat_ms: _Optional[int] = ..., accept_timeout_ms: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_inline_result_bytes: _Optional[int] = ..., max_result_bytes: _Optional[int] = ..., held: _Optional[_Iterable[_Union[HeldVerdict, _Mapping]]] = ...) -> None: ...

class HeldVerdict(_message.Message):
    __slots__ = ("attempt_token", "valid", "acknowledged_sequence")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    valid: bool
    acknowledged_sequence: int
    def __init__(self, attempt_token: _Optional[str] = ..., valid: _Optional[bool] = ..., acknowledged_sequence: _Optional[int] = ...) -> None: ...

class Assign(_message.Message):
    __slots__ = ("attempt_token", "job_id", "run_id", "owner", "job_type", "job_type_version", "attempt", "lease_ms", "time_allowed_ms", "parameters", "checkpoint", "trace_context")
    class TraceContextEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    JOB_TYPE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    LEASE_MS_FIELD_NUMBER: _ClassVar[int]
    TIME_ALLOWED_MS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    TRACE_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    job_id: str
    run_id: str
    owner: str
    job_type: str
    job_type_version: str
    attempt: int
    lease_ms: int
    time_allowed_ms: int
    parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    checkpoint: bytes
    trace_context: _containers.ScalarMap[str, str]
    def __init__(self, attempt_token: _Optional[str] = ..., job_id: _Optional[str] = ..., run_id: _Optional[str] = ..., owner: _Optional[str] = ..., job_type: _Optional[str] = ..., job_type_version: _Optional[str] = ..., attempt: _Optional[int] = ..., lease_ms: _Optional[int] = ..., time_allowed_ms: _Optional[int] = ..., parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., checkpoint: _Optional[bytes] = ..., trace_context: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Parameter(_message.Message):
    __slots__ = ("name", "value", "uploaded")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    UPLOADED_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    uploaded: UploadedParameter
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., uploaded: _Optional[_Union[UploadedParameter, _Mapping]] = ...) -> None: ...

class UploadedParameter(_message.Message):
    __slots__ = ("media_type", "filename", "size")
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILENAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    media_type: str
    filename: str
    size: int
    def __init__(self, media_type: _Optional[str] = ..., filename: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class EventAck(_message.Message):
    __slots__ = ("attempt_token", "sequence")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    sequence: int
    def __init__(self, attempt_token: _Optional[str] = ..., sequence: _Optional[int] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ("attempt_token", "reason", "grace_ms")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[Cancel.Reason]
        ABORTED: _ClassVar[Cancel.Reason]
        TIMED_OUT: _ClassVar[Cancel.Reason]
        DESTROYED: _ClassVar[Cancel.Reason]
    REASON_UNSPECIFIED: Cancel.Reason
    ABORTED: Cancel.Reason
    TIMED_OUT: Cancel.Reason
    DESTROYED: Cancel.Reason
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    GRACE_MS_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    reason: Cancel.Reason
    grace_ms: int
    def __init__(self, attempt_token: _Optional[str] = ..., reason: _Optional[_Union[Cancel.Reason, str]] = ..., grace_ms: _Optional[int] = ...) -> None: ...

class Fenced(_message.Message):
    __slots__ = ("attempt_token",)
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    def __init__(self, attempt_token: _Optional[str] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ("deadline_ms",)
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    deadline_ms: int
    def __init__(self, deadline_ms: _Optional[int] = ...) -> None: ...

class Paused(_message.Message):
    __slots__ = ("job_type", "paused")
    JOB_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    job_type: str
    paused: bool
    def __init__(self, job_type: _Optional[str] = ..., paused: _Optional[bool] = ...) -> None: ...

class Ended(_message.Message):
    __slots__ = ("attempt_token",)
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    def __init__(self, attempt_token: _Optional[str] = ...) -> None: ...

class ResultChunk(_message.Message):
    __slots__ = ("header", "data", "end")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    header: ResultHeader
    data: bytes
    end: ResultEnd
    def __init__(self, header: _Optional[_Union[ResultHeader, _Mapping]] = ..., data: _Optional[bytes] = ..., end: _Optional[_Union[ResultEnd, _Mapping]] = ...) -> None: ...

class ResultHeader(_message.Message):
    __slots__ = ("attempt_token", "id", "media_type", "size")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    id: str
    media_type: str
    size: int
    def __init__(self, attempt_token: _Optional[str] = ..., id: _Optional[str] = ..., media_type: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class ResultEnd(_message.Message):
    __slots__ = ("sha256",)
    SHA256_FIELD_NUMBER: _ClassVar[int]
    sha256: bytes
    def __init__(self, sha256: _Optional[bytes] = ...) -> None: ...

class StoredResult(_message.Message):
    __slots__ = ("id", "size", "sha256")
    ID_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    id: str
    size: int
    sha256: bytes
    def __init__(self, id: _Optional[str] = ..., size: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class ParameterRef(_message.Message):
    __slots__ = ("attempt_token", "name", "offset")
    ATTEMPT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    attempt_token: str
    name: str
    offset: int
    def __init__(self, attempt_token: _Optional[str] = ..., name: _Optional[str] = ..., offset: _Optional[int] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...
