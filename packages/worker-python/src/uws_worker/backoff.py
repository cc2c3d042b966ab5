"""Exponential backoff with full jitter."""

import random
from collections.abc import Callable


class Backoff:
    """The n-th delay is anywhere between 0 and min(longest, base · 2ⁿ) seconds, so that a thousand workers that lost the
    same gateway do not come back in step."""

    def __init__(
        self, base: float = 0.1, longest: float = 5.0, uniform: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._base = base
        self._longest = longest
        self._uniform = uniform
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        ceiling = min(self._longest, self._base * 2**self._failures)
        self._failures = min(self._failures + 1, 30)
        return self._uniform(0, ceiling)

    def reset(self) -> None:
        """Something went well."""
        self._failures = 0
