"""The processes of a worker's jobs: no more of them than it has slots."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol


class Killable(Protocol):
    """What can be ended by force."""

    def kill(self) -> None: ...


class ProcessSlots:
    """The server counts the jobs that a worker holds; a process that outlives its attempt (fenced, say, and slow to die)
    is known here only, and the next one waits for its end."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._running: set[Killable] = set()
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self, job: Killable, work: Callable[[], Awaitable[None]]) -> None:
        """Runs when there is a slot."""
        while len(self._running) >= self._slots:
            await self._change()
        self._running.add(job)
        try:
            await work()
        finally:
            self._running.discard(job)
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    async def end(self) -> None:
        """Kills every process; returns when none is left."""
        for job in list(self._running):
            job.kill()
        while self._running:
            await self._change()

    async def _change(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future
