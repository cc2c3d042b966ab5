"""Whether, and why, a handler is to end."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from .failures import CancelReason, JobInterrupted

T = TypeVar("T")


class Interruption:
    """Set once. `event` may be waited for in any thread, the rest belongs to the event loop's."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._reason: CancelReason | None = None
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    @property
    def reason(self) -> CancelReason | None:
        """None while the handler may go on."""
        return self._reason

    def set(self, reason: CancelReason) -> None:
        """The first reason counts."""
        if self._reason is not None:
            return
        self._reason = reason
        self.event.set()
        self._changed.set()
        for listener in self._listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Called once, at once if it has been set."""
        if self._reason is None:
            self._listeners.append(listener)
        else:
            listener()

    def check(self) -> None:
        """Raises JobInterrupted if it is set."""
        if self._reason is not None:
            raise JobInterrupted(self._reason)

    async def wait(self) -> None:
        """Returns when it is set."""
        await self._changed.wait()

    async def unless(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns. Raises JobInterrupted, and cancels the work, when that comes first."""
        if self._reason is not None:
            work.close()
            raise JobInterrupted(self._reason)
        task = asyncio.ensure_future(work)
        interrupted = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({task, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            self.check()
            raise AssertionError("neither done nor interrupted")
        finally:
            interrupted.cancel()
            if not task.done():
                task.cancel()
                # Its own ending is of no interest any more, but what it holds is let go of before we return.
                with suppress(BaseException):
                    await task
