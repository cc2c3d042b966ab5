"""Stores a result with UploadResult."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

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
    call = connection.upload()
    digest = hashlib.sha256()
    chunk_bytes = max(1, min(_CHUNK_BYTES, max_payload(upload.limits.max_message_bytes)))
    size = 0
    source = upload.source.open()
    try:
        header = ResultHeader(
            attempt_token=upload.token, id=upload.id, media_type=upload.media_type, size=upload.source.size or 0
        )
        await _write(call, ResultChunk(header=header))
        async for piece in source:
            size += len(piece)
            _refuse_if_longer(upload, size)
            digest.update(piece)
            for start in range(0, len(piece), chunk_bytes):
                await _write(call, ResultChunk(data=piece[start : start + chunk_bytes]))
        await _write(call, ResultChunk(end=ResultEnd(sha256=digest.digest())))
        await call.done_writing()
        stored: StoredResult = await call
        if stored.size != size or stored.sha256 != digest.digest():
            raise DamagedUpload(f"the server stored other bytes of result {upload.id} ({stored.size}) than were sent ({size})")
    finally:
        call.cancel()
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def _write(call: Any, chunk: ResultChunk) -> None:
    """Waits for room. A stream that the server has answered takes no more: its answer is the error."""
    try:
        await call.write(chunk)
    except (asyncio.InvalidStateError, grpc.aio.AioRpcError):
        await call
        raise DamagedUpload("the server answered before the upload ended") from None


def _refuse_if_longer(upload: Upload, size: int) -> None:
    longest = upload.limits.max_result_bytes
    if longest and size > longest:
        raise JobFailure(f"result {upload.id} is longer than the {longest} bytes that the server takes")
