"""A worker beside a scripted gateway."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

from scripted_gateway import Gateway, GatewayStream, gateway

from uws_worker import Worker
from uws_worker.job_type import Handler, JobType


def asynchronous(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs a test that is a coroutine; half a minute is too long for any of them."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def limited() -> None:
            async with asyncio.timeout(30):
                await test(*args, **kwargs)

        asyncio.run(limited())

    return run


@asynccontextmanager
async def running(
    *handlers: Handler | JobType, welcome: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[tuple[Gateway, GatewayStream, Worker]]:
    """A worker that has been welcomed; the first handler is of the type `test`, others of `test-1` and so on."""
    jobs = {"test" if number == 0 else f"test-{number}": handler for number, handler in enumerate(handlers)}
    async with gateway() as server:
        worker = Worker(jobs, address=server.address, **options)
        await worker.start()
        try:
            stream = await server.stream()
            stream.welcome(**(welcome or {}))
            await worker.ready()
            yield server, stream, worker
        finally:
            await worker.stop()
