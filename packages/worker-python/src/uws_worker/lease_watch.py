"""Watches, on the worker's side, how long ago the server was last in contact."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Leased(Protocol):
    """What has a lease."""

    @property
    def lease(self) -> float:
        """Seconds, 0 = the session's."""

    @property
    def lease_lost(self) -> bool:
        """It ran out, and that is known."""


L = TypeVar("L", bound=Leased)


class LeaseWatch:
    """Contact is a message from the server, or a heartbeat that went out on a standing stream. An attempt whose lease has
    passed since may already run elsewhere.

    A connection that was cut without a word takes the heartbeats of up to 15 s (see the keepalive in connection.py)
    before it is noticed: that much may this side be late. It costs double work, never a wrong result, since the server
    fences.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last_contact = now()

    def contact(self) -> None:
        """The server is there."""
        self._last_contact = self._now()

    def check(self, attempts: Iterable[L], session_lease: float) -> tuple[list[L], float]:
        """The attempts whose lease ran out, and in how many seconds to look again."""
        silence = self._now() - self._last_contact
        lost: list[L] = []
        soonest = session_lease
        for attempt in attempts:
            if attempt.lease_lost:
                continue
            left = (attempt.lease or session_lease) - silence
            if left <= 0:
                lost.append(attempt)
            else:
                soonest = min(soonest, left)
        return lost, soonest
