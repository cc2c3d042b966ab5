"""A job type and what runs it."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from .async_job import AsyncJob
from .job import Job

SyncHandler = Callable[[Job], object]
AsyncHandler = Callable[[AsyncJob], Awaitable[object]]
Handler = SyncHandler | AsyncHandler
Mode = Literal["async", "thread", "process"]


@dataclass(frozen=True)
class JobType:
    """How the jobs of one type are run: `async` on the event loop, in a `thread`, or each in a `process` of its own.

    retry_crashes: ask for another attempt when the process crashes or is killed.
    """

    handler: Handler
    mode: Mode
    retry_crashes: bool = False


def job_type(handler: Handler, mode: Mode | None = None, retry_crashes: bool = False) -> JobType:
    """Coroutines run on the event loop, functions in a process of their own unless told otherwise. Raises TypeError."""
    if not callable(handler):
        raise TypeError(f"a handler is a function, not {type(handler).__name__}")
    is_async = asyncio.iscoroutinefunction(handler)
    mode = mode or ("async" if is_async else "process")
    if mode not in ("async", "thread", "process"):
        raise TypeError(f"mode must be 'async', 'thread' or 'process', not {mode!r}")
    if is_async != (mode == "async"):
        name = getattr(handler, "__qualname__", repr(handler))
        kind = "a coroutine, which runs in mode 'async'" if is_async else "a function, which runs in a thread or a process"
        raise TypeError(f"the handler {name} is {kind}")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError("a handler must not be a generator: give the generator to job.result()")
    return JobType(handler, mode, retry_crashes)
