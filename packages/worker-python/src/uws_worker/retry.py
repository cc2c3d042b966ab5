"""Whether to try a call again that belongs to an attempt."""

import asyncio

from .backoff import Backoff
from .grpc_status import is_unreachable, may_pass

_MAX_FAILURES = 5
"""How often a call may fail with a server that is there, before the failure is the job's."""


class Retry:
    """An unreachable server is waited for as long as the attempt is ours (whoever waits is cancelled when it is not);
    other failures that may pass get a few tries."""

    def __init__(self) -> None:
        self._backoff = Backoff()
        self._failures = 0

    async def after_failure(self, error: Exception) -> None:
        """Returns when it is time to try again. Raises the error when it is not to be tried again."""
        if not may_pass(error):
            raise error
        if not is_unreachable(error):
            self._failures += 1
            if self._failures >= _MAX_FAILURES:
                raise error
        await asyncio.sleep(self._backoff.next())

    def reset(self) -> None:
        """Something went well in between."""
        self._failures = 0
        self._backoff.reset()
