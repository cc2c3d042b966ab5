"""What the server said in Welcome about time and size."""

from dataclasses import asdict, dataclass

from ._generated.worker_pb2 import Welcome

_ENVELOPE_BYTES = 4096
"""Room in a message for what goes around a payload: token, ids, names of fields."""


@dataclass(frozen=True)
class SessionLimits:
    """Durations in seconds, sizes in bytes. A field that the server leaves out has the value that any server can live with."""

    lease: float = 30.0
    heartbeat: float = 10.0
    max_message_bytes: int = 4 * 1024 * 1024
    max_inline_result_bytes: int = 0
    max_result_bytes: int = 0
    """0 = no limit."""

    @classmethod
    def of(cls, welcome: Welcome) -> "SessionLimits":
        """Those of a Welcome."""
        lease = welcome.lease_ms / 1000 or cls.lease
        max_message = welcome.max_message_bytes or cls.max_message_bytes
        return cls(
            lease=lease,
            heartbeat=welcome.heartbeat_ms / 1000 or lease / 3,
            max_message_bytes=max_message,
            max_inline_result_bytes=min(welcome.max_inline_result_bytes, max_payload(max_message)),
            max_result_bytes=welcome.max_result_bytes,
        )

    def to_json(self) -> dict[str, float]:
        """For the process of a job."""
        return asdict(self)


def max_payload(max_message_bytes: int) -> int:
    """The largest payload that fits in a message of this size."""
    return max(0, max_message_bytes - _ENVELOPE_BYTES)
