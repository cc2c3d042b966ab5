"""One control stream: messages go out one after the other, and come in through a function."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc
from grpc import StatusCode

from ._generated.worker_pb2 import ServerMessage, WorkerMessage

_END = vars(grpc.aio)["EOF"]
"""What the type stubs of gRPC leave out."""
_InternalError: type[Exception] = vars(importlib.import_module("grpc._cython.cygrpc"))["InternalError"]


class Stream:
    """What waits to go out is limited by the outboxes it comes from."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._outgoing: asyncio.Queue[tuple[WorkerMessage | None, Callable[[], None] | None]] = asyncio.Queue()
        self._writing = asyncio.ensure_future(self._write_all())

    def send(self, message: WorkerMessage, sent: Callable[[], None] | None = None) -> None:
        """`sent` is called when the network has taken it; never if it does not."""
        self._outgoing.put_nowait((message, sent))

    async def receive_all(self, receive: Callable[[ServerMessage], None]) -> tuple[StatusCode, str]:
        """Returns how the stream ended."""
        try:
            while (message := await self._call.read()) is not _END:
                receive(message)
            return await self._call.code(), await self._call.details() or ""
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or ""
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            # The call was cancelled, by abandon(), and not whoever reads from it.
            return StatusCode.CANCELLED, "abandoned by the worker"
        finally:
            self._writing.cancel()
            self._call.cancel()

    def abandon(self) -> None:
        """Ends it from this side; receive_all tells."""
        self._call.cancel()

    async def close(self, timeout: float) -> None:
        """Ends it after what was sent has gone out; after so many seconds at the latest."""
        self._outgoing.put_nowait((None, None))
        with suppress(Exception, asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(self._writing), timeout)
            await asyncio.wait_for(self._call.code(), timeout)
        self._call.cancel()

    async def _write_all(self) -> None:
        # A failure to write is the stream's end, of which receive_all tells.
        with suppress(grpc.RpcError, asyncio.InvalidStateError, _InternalError):
            while True:
                message, sent = await self._outgoing.get()
                if message is None:
                    await self._call.done_writing()
                    return
                await self._write(message)
                if sent:
                    sent()

    async def _write(self, message: WorkerMessage) -> None:
        """As the call's own write(), which makes the call's status INTERNAL when an answer of the server crosses it, and so
        hides the answer: a refused token, say. The call knows better by itself, a moment later."""
        inner = getattr(self._call, "_cython_call", None)
        if inner is None:
            await self._call.write(message)
        else:
            await inner.send_serialized_message(message.SerializeToString())
