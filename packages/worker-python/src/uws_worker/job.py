"""The job as a handler sees it that is a function: whatever takes time blocks its thread."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import CancelledError
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from ._generated.worker_pb2 import LogLine, Progress
from .async_job import AsyncJob
from .data import ResultData
from .failures import CancelReason, JobFailure
from .job_log import JobLog
from .parameters import Entry, Parameters
from .uploaded_file import AsyncUploadedFile, UploadedFile

T = TypeVar("T")


class Job:
    """For handlers that are functions, in threads or processes of their own. May be used by several threads."""

    parameters: Parameters[UploadedFile]
    log: JobLog
    cancelled: threading.Event
    """Set when the handler is to end; `cancel_reason` says why."""

    def __init__(self, job: AsyncJob, loop: asyncio.AbstractEventLoop) -> None:
        self._job = job
        self._loop = loop
        self._lock = threading.Lock()
        self._newest: Progress | None = None
        self.cancelled = job._interruption.event
        self.log = JobLog(self._log, job._longest)
        self.job_id = job.job_id
        self.job_type = job.job_type
        self.job_type_version = job.job_type_version
        self.run_id = job.run_id
        self.owner = job.owner
        self.attempt = job.attempt
        self.checkpoint = job.checkpoint
        self.trace_context = job.trace_context
        self.parameters = Parameters([self._entry(entry) for entry in job.parameters.entries()])

    @property
    def cancel_reason(self) -> CancelReason | None:
        """None while the handler may go on."""
        return self._job.cancel_reason

    @property
    def remaining(self) -> float | None:
        """Seconds until the server will cancel the job because its execution duration is over; None = unlimited."""
        return self._job.remaining

    @property
    def deadline(self) -> datetime | None:
        """The same by the clock of this machine."""
        return self._job.deadline

    def raise_if_cancelled(self) -> None:
        """Raises JobInterrupted when the handler is to end."""
        self._job.raise_if_cancelled()

    def progress(self, fraction: float, message: str = "", counters: Mapping[str, float] | None = None) -> None:
        """Says how far the job is, 0 to 1. Call it as often as you like: only the newest is sent, some ten times a second,
        and the fraction never goes back."""
        with self._lock:
            waking = self._newest is None
            self._newest = self._job._progress(fraction, message, counters)
        # One call of the event loop for all that are made until it comes to it.
        if waking:
            self._loop.call_soon_threadsafe(self._hand_over)

    def result(self, id: str, data: ResultData, *, media_type: str | None = None) -> None:
        """Stores a result; returns when the server has it. The same id again replaces it.

        A lost connection is waited for. The media type is guessed when it is not given: by the name of a path, `text/plain`
        for text. Raises JobInterrupted when the job is cancelled meanwhile, JobFailure for a result that is too long.
        """
        self._wait(self._job._store(id, data, media_type))

    def save_checkpoint(self, state: bytes) -> None:
        """Leaves state from which another attempt can go on. The last one counts. Raises ValueError if it is too long."""
        self._loop.call_soon_threadsafe(self._job._recorder.checkpoint, self._job._fitting(state))

    def release(self, reason: str, checkpoint: bytes | None = None) -> NoReturn:
        """Gives the job back without spending an attempt. Raises, so that the handler ends here."""
        self._job.release(reason, checkpoint)

    def _hand_over(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None:
            self._job._recorder.progress(newest)

    def _log(self, line: LogLine) -> None:
        if not self.cancelled.is_set():
            self._wait(self._logged(line))
        else:
            # Nobody waits any more; a last word is taken if there is room.
            self._loop.call_soon_threadsafe(self._job._recorder.log, line)

    async def _logged(self, line: LogLine) -> None:
        waiting = asyncio.ensure_future(self._job._recorder.log_when_there_is_room(line))
        interrupted = asyncio.ensure_future(self._job._interruption.wait())
        await asyncio.wait({waiting, interrupted}, return_when=asyncio.FIRST_COMPLETED)
        interrupted.cancel()
        waiting.cancel()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError:
            self.raise_if_cancelled()
            raise JobFailure("the worker has ended") from None

    def _entry(self, entry: Entry[AsyncUploadedFile]) -> Entry[UploadedFile]:
        file = None if entry.file is None else UploadedFile(entry.file, self._wait)
        return Entry(entry.name, entry.value, file)
