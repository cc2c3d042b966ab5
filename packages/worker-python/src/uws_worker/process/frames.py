"""What a worker and the process of a job say to each other: a length (4 bytes, big-endian), a kind (1 byte), a payload."""

import struct
from enum import IntEnum

MAX_FRAME_BYTES = 128 * 1024 * 1024


class Kind(IntEnum):
    """START, ACKNOWLEDGED and INTERRUPTED go to the process, the others come from it."""

    START = 1
    """JSON, see program.Start."""
    ACKNOWLEDGED = 2
    """The worker has taken every event up to this number (8 bytes), results when the server has them."""
    INTERRUPTED = 3
    """The reason."""
    EVENT = 4
    """An Event."""
    OUTCOME = 5
    """JSON, see program.Outcome. The last word."""


HEADER = struct.Struct(">IB")


def frame(kind: Kind, payload: bytes) -> bytes:
    """One frame. Raises ValueError if it is too long."""
    if len(payload) > MAX_FRAME_BYTES:
        raise ValueError(f"{len(payload)} bytes are too many for a process to say at once")
    return HEADER.pack(len(payload), kind) + payload


def parse_header(header: bytes) -> tuple[int, Kind]:
    """Length of the payload, and its kind. Raises ValueError for what is no frame."""
    length, kind = HEADER.unpack(header)
    if length > MAX_FRAME_BYTES:
        raise ValueError("not a frame")
    return length, Kind(kind)
