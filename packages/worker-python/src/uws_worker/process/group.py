"""Every process that a job has started, as far as it stayed in the group."""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_GOING = 1.0
"""Seconds that are left to a killed process to go: one that waits for a disk may take longer."""
_LOOK = 0.005

_GUARD = """trap '' TERM INT HUP; read -r _ || kill -s KILL -- "-$1\""""
"""Reads the pipe that only the worker holds: its end without a word is the worker's."""


def kill_group(leader: int) -> None:
    """Kills every process of a group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


async def group_gone(leader: int) -> None:
    """Returns when nobody runs of a group that was killed."""
    ends = time.monotonic() + _GOING
    while time.monotonic() < ends and _has_running(leader):
        await asyncio.sleep(_LOOK)


def _has_running(group: int) -> bool:
    """Where nobody reaps the orphans (a container without an init) they stay as zombies, which run no more."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    processes = [path for path in Path("/proc").glob("[0-9]*/stat")]
    return not processes or any(_runs_in(group, path) for path in processes)


def _runs_in(group: int, path: Path) -> bool:
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return False
    # "pid (name) state ppid pgrp …", and the name may hold anything.
    state, _, pgrp = text.rpartition(")")[2].split()[:3]
    return pgrp == str(group) and state not in ("Z", "X")


class GroupGuard:
    """Kills a group when this process is gone, however it went. The group could see that by itself only if the handler let go
    of the interpreter, and the kernel's own means (PR_SET_PDEATHSIG) knows no groups. Raises OSError without /bin/sh."""

    def __init__(self, group: int) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "uws-job-guard", str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Not in the worker's group, which a terminal's Ctrl-C or a supervisor may end as a whole.
            start_new_session=True,
        )

    async def end(self) -> None:
        """The group is gone, and its id may become another's."""
        if self._shell.stdin:
            with suppress(OSError):
                self._shell.stdin.write(b"over\n")
                self._shell.stdin.close()
        while self._shell.poll() is None:
            await asyncio.sleep(_LOOK)
