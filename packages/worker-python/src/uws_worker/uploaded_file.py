"""A parameter that the client uploaded. Its bytes stay on the server until they are read."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

T = TypeVar("T")
Read = Callable[[int], AsyncIterator[bytes]]
"""The bytes from an offset on."""
Blocking = Callable[[Coroutine[Any, Any, T]], T]

_BUFFER_BYTES = 128 * 1024


@dataclass(frozen=True)
class AsyncUploadedFile:
    """For handlers that are coroutines. `size` in bytes. A broken connection is resumed where it broke."""

    name: str
    filename: str
    media_type: str
    size: int
    _read: Read

    def chunks(self, offset: int = 0) -> AsyncIterator[bytes]:
        """The bytes from `offset` on, in pieces."""
        if offset < 0:
            raise ValueError("the offset must not be negative")
        return self._read(offset)

    async def read(self) -> bytes:
        """All bytes, in memory."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def text(self) -> str:
        """All of it as UTF-8."""
        return (await self.read()).decode()

    async def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file, which is replaced."""
        with open(path, "wb") as file:
            async for chunk in self.chunks():
                await asyncio.to_thread(file.write, chunk)


class UploadedFile:
    """For handlers that are functions. A broken connection is resumed where it broke."""

    def __init__(self, file: AsyncUploadedFile, wait: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._file = file
        self._wait = wait
        self.name = file.name
        self.filename = file.filename
        self.media_type = file.media_type
        self.size = file.size

    def chunks(self, offset: int = 0) -> Iterator[bytes]:
        """The bytes from `offset` on, in pieces."""
        chunks = self._file.chunks(offset)

        async def following() -> bytes | None:
            return await anext(chunks, None)

        async def close() -> None:
            await cast(Any, chunks).aclose()

        try:
            while (chunk := self._wait(following())) is not None:
                yield chunk
        finally:
            # Not in the way of what ended the loop: an interruption ends the download by itself.
            try:
                self._wait(close())
            except Exception:
                pass

    def open(self, offset: int = 0) -> BinaryIO:
        """A file to read from, forwards only."""
        return cast(BinaryIO, io.BufferedReader(_Chunks(self.chunks(offset)), _BUFFER_BYTES))

    def read(self) -> bytes:
        """All bytes, in memory."""
        return b"".join(self.chunks())

    def text(self) -> str:
        """All of it as UTF-8."""
        return self.read().decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file, which is replaced."""
        with open(path, "wb") as file:
            for chunk in self.chunks():
                file.write(chunk)


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            cast(Any, self._chunks).close()
        super().close()
