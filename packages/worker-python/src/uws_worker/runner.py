"""Runs a handler in this process: on the event loop or in a thread."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ._generated.worker_pb2 import Assign
from .async_job import AsyncJob, Recorder
from .failures import JobFailure, JobInterrupted, JobReleased, failure_of
from .interruption import Interruption
from .job import Job
from .job_log import current_log
from .job_type import AsyncHandler, SyncHandler
from .session_limits import SessionLimits
from .transfers import Transfers


@dataclass(frozen=True)
class Resources:
    """What an attempt lends to whatever runs its job."""

    interruption: Interruption
    outbox: Recorder
    transfers: Transfers
    limits: Callable[[], SessionLimits]


@dataclass(frozen=True)
class Run:
    """A handler at work. `settled` returns or raises as it does; `kill` ends it by force, where that can be done."""

    settled: Coroutine[Any, Any, None]
    kill: Callable[[], None] | None = None


Runner = Callable[[Assign, Resources], Run]


def job_of(assign: Assign, resources: Resources) -> AsyncJob:
    """The job for its handler."""
    return AsyncJob(
        assign,
        interruption=resources.interruption,
        recorder=resources.outbox,
        transfers=resources.transfers,
        limits=resources.limits,
    )


def on_event_loop(handler: AsyncHandler) -> Runner:
    """Beside others; a cancelled job's task is cancelled."""
    return lambda assign, resources: Run(run_async(handler, assign, resources))


def in_thread(handler: SyncHandler) -> Runner:
    """In a thread of its own, which cannot be killed."""
    return lambda assign, resources: Run(run_in_thread(handler, assign, resources))


async def run_async(handler: AsyncHandler, assign: Assign, resources: Resources) -> None:
    """Returns or raises as the handler does; JobInterrupted for one that was cancelled from outside."""
    job = job_of(assign, resources)

    async def work() -> None:
        current_log.set(job.log)
        await handler(job)
        await job.settle_results()

    task = asyncio.ensure_future(work())

    def cancel() -> None:
        task.cancel()

    resources.interruption.listen(cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        return task.result()
    if resources.interruption.reason is None:
        raise JobFailure("the handler cancelled itself")
    raise JobInterrupted(resources.interruption.reason)


async def run_in_thread(handler: SyncHandler, assign: Assign, resources: Resources) -> None:
    """Returns or raises as the handler does."""
    loop = asyncio.get_running_loop()
    job = Job(job_of(assign, resources), loop)
    ended: asyncio.Future[BaseException | None] = loop.create_future()

    def end(error: BaseException | None) -> None:
        if not ended.done():
            ended.set_result(error)

    def work() -> None:
        current_log.set(job.log)
        error: BaseException | None = None
        try:
            handler(job)
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(end, error)
        except RuntimeError:
            # The loop is closed: the worker has ended without this handler.
            pass

    context = contextvars.copy_context()
    # A daemon: a deaf handler does not keep the worker from ending.
    thread = threading.Thread(target=context.run, args=(work,), name=f"job {assign.job_id}", daemon=True)
    thread.start()
    error = await ended
    if error is not None:
        raise as_failure(error)


def as_failure(error: BaseException) -> BaseException:
    """SystemExit and the like are failures of the handler's, and must not end the worker."""
    return error if isinstance(error, Exception | JobReleased) else failure_of(error)
