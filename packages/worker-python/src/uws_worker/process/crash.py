"""The failure of a job whose process ended without a word of its handler."""

import signal

from ..failures import JobFailure


def crash_of(status: int, stderr: str, retryable: bool) -> JobFailure:
    """A crash is the job's own doing and will come again: fatal. A SIGKILL that was not ours is most likely the kernel, short
    of memory, which depends on what else ran: transient. Neither is tried again unless the worker's author wants it.

    status: exit status, negative = the signal.
    """
    how = f"exit status {status}" if status >= 0 else f"killed by {_name(-status)}"
    return JobFailure(
        _message(status),
        kind="transient" if status == -signal.SIGKILL else "fatal",
        detail=f"{how}; the end of stderr:\n{stderr}" if stderr else f"{how}; nothing on stderr",
        retryable=retryable,
    )


def _message(status: int) -> str:
    if status == -signal.SIGKILL:
        return "the job's process was killed by SIGKILL (out of memory?)"
    if status < 0:
        return f"the job's process was killed by {_name(-status)}"
    if status == 0:
        return "the job's process ended with exit status 0, before its handler had returned"
    return f"the job's process ended with exit status {status}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
