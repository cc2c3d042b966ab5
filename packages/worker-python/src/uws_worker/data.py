"""What a result may be made of."""

import os
from collections.abc import AsyncIterable, Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True)
class Reference:
    """A result that is elsewhere: an absolute http or https URL, and its size in bytes, 0 = unknown."""

    url: str
    size: int = 0


Pieces = Iterable[str | bytes] | AsyncIterable[str | bytes]
"""Parts of a result, one after the other. Text is stored as UTF-8."""

ResultData = str | bytes | bytearray | memoryview | os.PathLike[str] | IO[Any] | Pieces | Callable[[], Pieces] | Reference
"""Text, bytes, the path of a file, an open file, pieces, a function that returns pieces, or a reference.

Only what can be read twice survives a lost connection: pieces cannot, a function that returns them can."""
