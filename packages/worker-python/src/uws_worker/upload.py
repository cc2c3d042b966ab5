"""Stores a result with UploadResult."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass

from ._generated.worker_pb2 import ResultChunk, ResultEnd, ResultHeader, StoredResult
from .connection import Connection
from .failures import JobFailure
from .grpc_status import DamagedUpload, may_pass
from .result_source import UploadSource
from .retry import Retry
from .session_limits import SessionLimits, max_payload

_CHUNK_BYTES = 128 * 1024
"""Of data in a message, when longer ones are allowed."""


@dataclass(frozen=True)
class Upload:
    """A result on its way."""

    token: str
    id: str
    media_type: str
    source: UploadSource
    limits: SessionLimits


async def upload_result(connection: Connection, upload: Upload) -> None:
    """Returns when the server has all of it, with the same checksum. Raises JobFailure, or what the server answered."""
    _refuse_if_longer(upload, upload.source.size or 0)
    retry = Retry()
    while True:
        try:
            return await _upload_once(connection, upload)
        except Exception as error:
            if not upload.source.repeatable and may_pass(error):
                raise JobFailure(
                    f"the upload of result {upload.id} broke off and its data cannot be read again",
                    kind="transient",
                    retryable=True,
                    detail=str(error),
                ) from error
            await retry.after_failure(error)


async def _upload_once(connection: Connection, upload: Upload) -> None:
    digest = hashlib.sha256()
    size = 0

    async def chunks() -> AsyncIterator[ResultChunk]:
        nonlocal size
        chunk_bytes = max(1, min(_CHUNK_BYTES, max_payload(upload.limits.max_message_bytes)))
        header = ResultHeader(
            attempt_token=upload.token, id=upload.id, media_type=upload.media_type, size=upload.source.size or 0
        )
        yield ResultChunk(header=header)
        async for piece in upload.source.open():
            size += len(piece)
            _refuse_if_longer(upload, size)
            digest.update(piece)
            for start in range(0, len(piece), chunk_bytes):
                yield ResultChunk(data=piece[start : start + chunk_bytes])
        yield ResultChunk(end=ResultEnd(sha256=digest.digest()))

    stored = await _sent(connection, chunks())
    if stored.size != size or stored.sha256 != digest.digest():
        raise DamagedUpload(f"the server stored other bytes of result {upload.id} ({stored.size}) than were sent ({size})")


async def _sent(connection: Connection, chunks: AsyncIterator[ResultChunk]) -> StoredResult:
    """What the server answers. Raises what the chunks raise, or the server's error."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[None] = loop.create_future()
    problem: Exception | None = None
    following: Future[ResultChunk | None] | None = None

    async def next_chunk() -> ResultChunk | None:
        nonlocal problem
        try:
            return await anext(chunks, None)
        except Exception as error:
            problem = error
            on_answer()
            return None

    def in_thread_of_grpc() -> Iterator[ResultChunk]:
        nonlocal following
        while True:
            following = asyncio.run_coroutine_threadsafe(next_chunk(), loop)
            try:
                chunk = following.result()
            except CancelledError:
                return
            if chunk is None:
                return
            yield chunk

    def on_answer() -> None:
        if not answered.done():
            answered.set_result(None)

    call = connection.upload(in_thread_of_grpc())
    call.add_done_callback(lambda _: _tell(loop, on_answer))
    try:
        await answered
        if problem is not None:
            raise problem
        stored: StoredResult = call.result()
        return stored
    finally:
        call.cancel()
        if following is not None:
            following.cancel()


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    # The loop may have ended before the call.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(what)


def _refuse_if_longer(upload: Upload, size: int) -> None:
    longest = upload.limits.max_result_bytes
    if longest and size > longest:
        raise JobFailure(f"result {upload.id} is longer than the {longest} bytes that the server takes")
