"""How a result travels: inside an event when it is small, else as an upload."""

import asyncio
import io
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from .data import Pieces, Reference, ResultData

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Inline:
    """All of it."""

    data: bytes


@dataclass(frozen=True)
class UploadSource:
    """What an upload reads: opened again for each try. `size` in bytes, None = unknown."""

    open: Callable[[], AsyncIterator[bytes]]
    repeatable: bool
    size: int | None


async def result_source(data: ResultData, max_inline: int) -> Inline | UploadSource:
    """Looks at the data just far enough to know whether it is small. Raises TypeError for what is none."""
    if isinstance(data, str):
        return _of_bytes(data.encode(), max_inline)
    if isinstance(data, bytes | bytearray | memoryview):
        return _of_bytes(bytes(data), max_inline)
    if isinstance(data, Reference):
        raise TypeError("a reference has no bytes")
    if isinstance(data, os.PathLike):
        return await _of_path(data, max_inline)
    if hasattr(data, "read"):
        return await _of_file(cast(IO[Any], data), max_inline)
    if callable(data):
        return await _of_pieces(data, True, max_inline)
    if isinstance(data, Iterable | AsyncIterable):
        pieces = cast(Pieces, data)
        return await _of_pieces(lambda: pieces, False, max_inline)
    raise TypeError(f"a result cannot be made of {type(data).__name__}")


def _of_bytes(data: bytes, max_inline: int) -> Inline | UploadSource:
    if len(data) <= max_inline:
        return Inline(data)

    async def open_again() -> AsyncIterator[bytes]:
        yield data

    return UploadSource(open_again, True, len(data))


async def _of_path(path: os.PathLike[str], max_inline: int) -> Inline | UploadSource:
    size = (await asyncio.to_thread(os.stat, path)).st_size
    if size <= max_inline:
        data = await asyncio.to_thread(_read_file, path)
        if len(data) <= max_inline:
            return Inline(data)

    async def open_again() -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(open, path, "rb", 0)
        try:
            async for piece in _blocks(file):
                yield piece
        finally:
            file.close()

    return UploadSource(open_again, True, size)


def _read_file(path: os.PathLike[str]) -> bytes:
    with open(path, "rb") as file:
        return file.read()


async def _of_file(file: IO[Any], max_inline: int) -> Inline | UploadSource:
    seekable = bool(getattr(file, "seekable", lambda: False)())
    start = file.tell() if seekable else 0

    def pieces() -> AsyncIterator[bytes]:
        if seekable:
            file.seek(start, io.SEEK_SET)
        return _blocks(file)

    return await _of_pieces(pieces, seekable, max_inline)


async def _blocks(file: IO[Any]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _READ_BYTES):
        yield _to_bytes(piece)


async def _of_pieces(make: Callable[[], Pieces], repeatable: bool, max_inline: int) -> Inline | UploadSource:
    rest = _as_bytes(make())
    head: list[bytes] = []
    size = 0
    while size <= max_inline:
        piece = await anext(rest, None)
        if piece is None:
            return Inline(b"".join(head))
        head.append(piece)
        size += len(piece)
    first = True

    async def begun() -> AsyncIterator[bytes]:
        for piece in head:
            yield piece
        async for piece in rest:
            yield piece

    def open_again() -> AsyncIterator[bytes]:
        nonlocal first
        if not first and repeatable:
            return _as_bytes(make())
        # The first try goes on where the look stopped.
        first = False
        return begun()

    return UploadSource(open_again, repeatable, None)


async def _as_bytes(pieces: Pieces) -> AsyncIterator[bytes]:
    if isinstance(pieces, AsyncIterable):
        async for piece in pieces:
            yield _to_bytes(piece)
        return
    iterator = cast(Iterator[Any], iter(pieces))
    end: Any = object()
    # A generator may compute for long, and the event loop has heartbeats to send.
    while (piece := await asyncio.to_thread(next, iterator, end)) is not end:
        yield _to_bytes(piece)


def _to_bytes(piece: object) -> bytes:
    if isinstance(piece, str):
        return piece.encode()
    if isinstance(piece, bytes | bytearray | memoryview):
        return bytes(piece)
    raise TypeError(f"a result is made of text or bytes, not of {type(piece).__name__}")
