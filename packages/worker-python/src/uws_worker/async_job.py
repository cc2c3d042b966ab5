"""The job as its handler sees it."""

import asyncio
import math
import mimetypes
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

from ._generated.worker_pb2 import Assign, LogLine, Parameter, Progress, Result
from .data import Reference, ResultData
from .failures import CancelReason, JobInterrupted, JobReleased
from .interruption import Interruption
from .job_log import JobLog
from .parameters import Entry, Parameters
from .result_source import Inline, result_source
from .session_limits import SessionLimits, max_payload
from .shortened import shortened
from .transfers import Transfers
from .uploaded_file import AsyncUploadedFile

_MAX_PROGRESS_MESSAGE = 1_024
"""Bytes. A line that goes into every listing of the job is kept short."""


class Recorder(Protocol):
    """Takes what a handler says, see Outbox."""

    def progress(self, progress: Progress) -> None: ...
    def checkpoint(self, state: bytes) -> None: ...
    def log(self, line: LogLine) -> None: ...
    async def log_when_there_is_room(self, line: LogLine) -> None: ...
    async def result(self, result: Result) -> None: ...


class AsyncJob:
    """For handlers that are coroutines; a cancelled one gets asyncio.CancelledError, and `cancel_reason` says why."""

    job_id: str
    job_type: str
    job_type_version: str
    run_id: str | None
    owner: str | None
    attempt: int
    """Counts from 1."""
    parameters: Parameters[AsyncUploadedFile]
    checkpoint: bytes | None
    """The state that an earlier attempt left, see `save_checkpoint` and `release`."""
    trace_context: Mapping[str, str]
    """W3C traceparent and tracestate."""
    log: JobLog

    def __init__(
        self,
        assign: Assign,
        *,
        interruption: Interruption,
        recorder: Recorder,
        transfers: Transfers,
        limits: Callable[[], SessionLimits],
    ) -> None:
        self._token = assign.attempt_token
        self._interruption = interruption
        self._recorder = recorder
        self._transfers = transfers
        self._limits = limits
        self._pending: set[asyncio.Task[None]] = set()
        self._fraction = 0.0
        self._ends = time.monotonic() + assign.time_allowed_ms / 1000 if assign.time_allowed_ms else None
        self.job_id = assign.job_id
        self.job_type = assign.job_type
        self.job_type_version = assign.job_type_version
        self.run_id = assign.run_id or None
        self.owner = assign.owner or None
        self.attempt = assign.attempt
        self.parameters = Parameters([self._entry(parameter) for parameter in assign.parameters])
        self.checkpoint = assign.checkpoint if assign.HasField("checkpoint") else None
        self.trace_context = MappingProxyType(dict(assign.trace_context))
        self.log = JobLog(recorder.log, self._longest)

    @property
    def cancel_reason(self) -> CancelReason | None:
        """None while the handler may go on."""
        return self._interruption.reason

    @property
    def remaining(self) -> float | None:
        """Seconds until the server will cancel the job because its execution duration is over; None = unlimited."""
        return None if self._ends is None else max(0.0, self._ends - time.monotonic())

    @property
    def deadline(self) -> datetime | None:
        """The same by the clock of this machine."""
        remaining = self.remaining
        return None if remaining is None else datetime.now(UTC) + timedelta(seconds=remaining)

    def raise_if_cancelled(self) -> None:
        """Raises JobInterrupted when the handler is to end."""
        self._interruption.check()

    def progress(self, fraction: float, message: str = "", counters: Mapping[str, float] | None = None) -> None:
        """Says how far the job is, 0 to 1. Call it as often as you like: only the newest is sent, some ten times a second,
        and the fraction never goes back."""
        self._recorder.progress(self._progress(fraction, message, counters))

    def result(self, id: str, data: ResultData, *, media_type: str | None = None) -> "asyncio.Task[None]":
        """Stores a result; await it to know that the server has it. The same id again replaces it.

        A lost connection is waited for. The media type is guessed when it is not given: by the name of a path, `text/plain`
        for text. Raises JobInterrupted when the job is cancelled meanwhile, JobFailure for a result that is too long.
        """
        task = asyncio.ensure_future(self._store(id, data, media_type))
        self._pending.add(task)
        task.add_done_callback(lambda done: self._stored(id, done))
        return task

    def save_checkpoint(self, state: bytes) -> None:
        """Leaves state from which another attempt can go on. The last one counts. Raises ValueError if it is too long."""
        self._recorder.checkpoint(self._fitting(state))

    def release(self, reason: str, checkpoint: bytes | None = None) -> NoReturn:
        """Gives the job back without spending an attempt. Raises, so that the handler ends here."""
        raise JobReleased(reason, None if checkpoint is None else self._fitting(checkpoint))

    async def settle_results(self) -> None:
        """Waits for results that the handler did not await: a completed job has them all, or it is not completed."""
        if self._pending:
            await asyncio.gather(*self._pending)

    def _stored(self, id: str, task: "asyncio.Task[None]") -> None:
        self._pending.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, JobInterrupted):
            self.log.warning(f"result {id} was not stored: {error}")

    async def _store(self, id: str, data: ResultData, media_type: str | None) -> None:
        if id == "":
            raise ValueError("a result needs an id")
        await self._interruption.unless(self._stored_by_server(id, data, media_type or _media_type(data)))

    async def _stored_by_server(self, id: str, data: ResultData, media_type: str) -> None:
        if isinstance(data, Reference):
            return await self._recorder.result(Result(id=id, media_type=media_type, reference=data.url, size=data.size))
        limits = self._limits()
        source = await result_source(data, limits.max_inline_result_bytes)
        if isinstance(source, Inline):
            return await self._recorder.result(Result(id=id, media_type=media_type, inline=source.data))
        await self._transfers.upload(self._token, id, media_type, source, limits)

    def _progress(self, fraction: float, message: str, counters: Mapping[str, float] | None) -> Progress:
        if math.isnan(fraction):
            raise ValueError("the fraction is not a number")
        self._fraction = max(self._fraction, min(1.0, fraction))
        text = shortened(message, min(_MAX_PROGRESS_MESSAGE, self._longest()))
        return Progress(fraction=self._fraction, message=text, counters=counters or {})

    def _longest(self) -> int:
        return max_payload(self._limits().max_message_bytes)

    def _fitting(self, state: bytes) -> bytes:
        longest = self._longest()
        if len(state) > longest:
            raise ValueError(f"a checkpoint of {len(state)} bytes is longer than the {longest} that the server takes")
        return bytes(state)

    def _entry(self, parameter: Parameter) -> Entry[AsyncUploadedFile]:
        name = parameter.name
        if not parameter.HasField("uploaded"):
            return Entry(name, value=parameter.value)
        uploaded = parameter.uploaded

        def read(offset: int) -> AsyncIterator[bytes]:
            return self._download(name, offset)

        file = AsyncUploadedFile(name, uploaded.filename, uploaded.media_type, uploaded.size, read)
        return Entry(name, file=file)

    async def _download(self, name: str, offset: int) -> AsyncIterator[bytes]:
        chunks: Any = self._transfers.download(self._token, name, offset)

        async def following() -> bytes | None:
            chunk: bytes | None = await anext(chunks, None)
            return chunk

        try:
            while (chunk := await self._interruption.unless(following())) is not None:
                yield chunk
        finally:
            await chunks.aclose()


def _media_type(data: ResultData) -> str:
    if isinstance(data, str):
        return "text/plain"
    if isinstance(data, os.PathLike):
        return mimetypes.guess_type(os.fspath(data))[0] or "application/octet-stream"
    return "application/octet-stream"
