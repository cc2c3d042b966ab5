"""What the process of a job writes to stdout and stderr."""

import asyncio
import logging
from collections.abc import Callable
from typing import IO

_MAX_LINE = 8 * 1024
"""Bytes; longer lines are cut into pieces."""
TAIL_BYTES = 8 * 1024
"""Bytes of stderr that become part of the job's error."""

logger = logging.getLogger("uws_worker.job")


class Tail:
    """The last bytes."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        """More of them."""
        self._data += data
        del self._data[:-TAIL_BYTES]

    def text(self) -> str:
        """As UTF-8, from the beginning of a character on."""
        data = bytes(self._data)
        while data and data[0] & 0xC0 == 0x80:
            data = data[1:]
        return data.decode(errors="replace").strip()


class Lines:
    """Cuts output into lines."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._rest = b""

    def add(self, data: bytes) -> None:
        """More output."""
        *lines, rest = (self._rest + data).split(b"\n")
        while len(rest) > _MAX_LINE:
            lines.append(rest[:_MAX_LINE])
            rest = rest[_MAX_LINE:]
        self._rest = rest
        for line in lines:
            self._line(line.decode(errors="replace"))

    def end(self) -> None:
        """No more."""
        if self._rest:
            self._line(self._rest.decode(errors="replace"))
        self._rest = b""


async def hand_on(output: IO[bytes], job_id: str, level: int, tail: Tail | None) -> None:
    """Logs the lines of an output until it ends."""
    lines = Lines(lambda line: logger.log(level, "%s", line, extra={"job": job_id}))
    reader = asyncio.StreamReader(limit=64 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), output)
    try:
        while data := await reader.read(64 * 1024):
            lines.add(data)
            if tail is not None:
                tail.add(data)
    finally:
        lines.end()
        transport.close()
