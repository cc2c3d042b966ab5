"""How a job ends other than well, in the handler's own words or because it was told to stop."""

import traceback
from typing import Literal

CancelReason = Literal["aborted", "timed_out", "destroyed", "fenced", "lease_lost", "draining", "stopped"]
"""Why a handler is to end.

- `aborted`, `timed_out`, `destroyed`: the server cancelled the attempt.
- `fenced`: the attempt is no longer ours; another one may be running.
- `lease_lost`: the server was out of reach for so long that the attempt has probably been given to somebody else.
- `draining`, `stopped`: this worker is about to end; the job goes back to the server.
"""

_MESSAGES: dict[CancelReason, str] = {
    "aborted": "the job was aborted",
    "timed_out": "the job exceeded its execution duration",
    "destroyed": "the job was destroyed",
    "fenced": "the attempt is no longer valid, another one may be running",
    "lease_lost": "the server was out of reach for longer than the lease",
    "draining": "the worker is draining",
    "stopped": "the worker was stopped",
}


class JobFailure(Exception):
    """Raised by a handler to end its job in ERROR, in its own words.

    kind: `transient` may work another time, `fatal` will fail again (UWS's errorSummary type).
    detail: more than the one line of the message, for the job's error resource.
    retryable: ask the server for another attempt, if any remain.
    retry_delay: wait at least so many seconds before it.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: Literal["fatal", "transient"] = "fatal",
        detail: str | None = None,
        retryable: bool = False,
        retry_delay: float = 0.0,
    ) -> None:
        if kind not in ("fatal", "transient"):
            raise ValueError(f"kind must be 'fatal' or 'transient', not {kind!r}")
        super().__init__(message)
        self.message = message
        self.kind: Literal["fatal", "transient"] = kind
        self.detail = detail
        self.retryable = retryable
        self.retry_delay = retry_delay


class JobReleased(BaseException):
    """Gives the job back without spending an attempt; raised by `release`. No `except Exception` holds it up."""

    def __init__(self, reason: str, checkpoint: bytes | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.checkpoint = checkpoint


class JobInterrupted(Exception):
    """The handler is to end: raised by `raise_if_cancelled`, and by results and downloads from then on."""

    def __init__(self, reason: CancelReason) -> None:
        super().__init__(_MESSAGES[reason])
        self.reason: CancelReason = reason


def failure_of(error: BaseException) -> JobFailure:
    """What a handler raised, as a failure: its traceback becomes the detail."""
    if isinstance(error, JobFailure):
        if error.detail is not None or error.__cause__ is None:
            return error
        cause = "".join(traceback.format_exception(error.__cause__))
        return JobFailure(
            error.message, kind=error.kind, detail=cause, retryable=error.retryable, retry_delay=error.retry_delay
        )
    message = str(error) or type(error).__name__
    return JobFailure(message, detail="".join(traceback.format_exception(error)))
