"""Runs a handler without a server, and tells what it did."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from .._generated.worker_pb2 import Assign, LogLine, Parameter, Progress, Result, UploadedParameter
from ..failures import JobFailure, JobInterrupted, JobReleased, failure_of
from ..interruption import Interruption
from ..job_type import AsyncHandler, Handler, SyncHandler, job_type
from ..result_source import UploadSource
from ..runner import Resources, run_async, run_in_thread
from ..session_limits import SessionLimits

Values = str | int | float | Sequence[str]


@dataclass(frozen=True)
class Report:
    """One progress."""

    fraction: float
    message: str
    counters: Mapping[str, float]


@dataclass(frozen=True)
class LogEntry:
    """One line; level as in `LogLine`: DEBUG, INFO, WARN, ERROR."""

    level: str
    message: str


@dataclass(frozen=True)
class LeftResult:
    """`data` is empty when it is a reference."""

    media_type: str
    data: bytes
    reference: str | None = None

    @property
    def text(self) -> str:
        """As UTF-8."""
        return self.data.decode()


@dataclass
class HandlerRun:
    """What came of it."""

    outcome: Literal["completed", "failed", "released", "cancelled"] = "completed"
    failure: JobFailure | None = None
    """When it failed."""
    reason: str | None = None
    """Why it gave the job back, or was cancelled."""
    progress: list[Report] = field(default_factory=list)
    """Every report, as it was made, or the newest of several that came at once."""
    logs: list[LogEntry] = field(default_factory=list)
    results: dict[str, LeftResult] = field(default_factory=dict)
    """By id; the last one of an id."""
    checkpoint: bytes | None = None
    """The last that it left."""


def run_handler(
    handler: Handler,
    *,
    parameters: Mapping[str, Values] | Sequence[tuple[str, str]] = (),
    files: Mapping[str, str | bytes] | None = None,
    checkpoint: bytes | None = None,
    job: Assign | None = None,
    cancel_when: Callable[[HandlerRun], bool] | None = None,
) -> HandlerRun:
    """Runs a handler, function or coroutine, to its end. It does not raise when the handler does: see `outcome`.

    parameters: values by name, several in a list; or pairs, where their order counts.
    files: uploaded files by the names of their parameters.
    job: other fields of the job (attempt, owner, time allowed).
    cancel_when: asked after everything that the handler says; True aborts the job as the server would.

    run = run_handler(hello, parameters={"NAME": "Ada"})
    assert run.results["greeting"].text == "Hello, Ada!"
    """
    uploads = {name: data.encode() if isinstance(data, str) else data for name, data in (files or {}).items()}
    assign = Assign(attempt_token="test", job_id="job-1", job_type="test", job_type_version="1.0.0", attempt=1)
    if job is not None:
        assign.MergeFrom(job)
    assign.parameters.extend(_parameters(parameters))
    assign.parameters.extend(
        Parameter(name=name, uploaded=UploadedParameter(media_type="application/octet-stream", filename=name, size=len(data)))
        for name, data in uploads.items()
    )
    if checkpoint is not None:
        assign.checkpoint = checkpoint
    run = HandlerRun()
    # A loop of its own in a thread of its own: the caller may be inside a loop.
    thread = threading.Thread(target=lambda: asyncio.run(_run(handler, assign, uploads, run, cancel_when)))
    thread.start()
    thread.join()
    return run


async def _run(
    handler: Handler,
    assign: Assign,
    uploads: Mapping[str, bytes],
    run: HandlerRun,
    cancel_when: Callable[[HandlerRun], bool] | None,
) -> None:
    interruption = Interruption()

    def said() -> None:
        if cancel_when is not None and cancel_when(run):
            interruption.set("aborted")

    recorder = _Recorder(run, said)
    limits = SessionLimits(max_inline_result_bytes=64 * 1024)
    resources = Resources(interruption, recorder, _Transfers(recorder, uploads), lambda: limits)
    try:
        if job_type(handler).mode == "async":
            await run_async(cast(AsyncHandler, handler), assign, resources)
        else:
            await run_in_thread(cast(SyncHandler, handler), assign, resources)
    except JobReleased as released:
        run.outcome, run.reason = "released", released.reason
        run.checkpoint = run.checkpoint if released.checkpoint is None else released.checkpoint
    except Exception as error:
        if interruption.reason is None:
            run.outcome, run.failure = "failed", failure_of(error)
    if interruption.reason is not None:
        run.outcome, run.reason = "cancelled", str(JobInterrupted(interruption.reason))


def _parameters(given: Mapping[str, Values] | Sequence[tuple[str, str]]) -> list[Parameter]:
    if not isinstance(given, Mapping):
        return [Parameter(name=name, value=value) for name, value in given]
    return [
        Parameter(name=name, value=str(value))
        for name, values in given.items()
        for value in ([values] if isinstance(values, str | int | float) else values)
    ]


class _Recorder:
    def __init__(self, run: HandlerRun, said: Callable[[], None]) -> None:
        self._run = run
        self.said = said

    def progress(self, progress: Progress) -> None:
        self._run.progress.append(Report(progress.fraction, progress.message, dict(progress.counters)))
        self.said()

    def checkpoint(self, state: bytes) -> None:
        self._run.checkpoint = state
        self.said()

    def log(self, line: LogLine) -> None:
        self._run.logs.append(LogEntry(LogLine.Level.Name(line.level), line.message))
        self.said()

    async def log_when_there_is_room(self, line: LogLine) -> None:
        self.log(line)

    async def result(self, result: Result) -> None:
        self.store(result.id, LeftResult(result.media_type, result.inline, result.reference or None))

    def store(self, id: str, result: LeftResult) -> None:
        self._run.results[id] = result
        self.said()


class _Transfers:
    def __init__(self, recorder: _Recorder, uploads: Mapping[str, bytes]) -> None:
        self._recorder = recorder
        self._uploads = uploads

    async def upload(self, token: str, id: str, media_type: str, source: UploadSource, limits: SessionLimits) -> None:
        data = b"".join([piece async for piece in source.open()])
        self._recorder.store(id, LeftResult(media_type, data))

    async def download(self, token: str, name: str, offset: int) -> AsyncIterator[bytes]:
        data = self._uploads[name]
        for start in range(offset, len(data), 64 * 1024):
            yield data[start : start + 64 * 1024]
