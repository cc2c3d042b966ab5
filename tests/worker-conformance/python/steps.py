"""The steps of a conformance job, for whatever runs them: see ../README.md."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class Fail(Exception):
    """The job is to fail."""

    def __init__(self, kind: str, message: str, retry_ms: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_ms = retry_ms


class Release(Exception):
    """The job is to be given back."""


class Cancelled(Exception):
    """The job ends as cancelled."""


@dataclass
class JobInfo:
    """What the steps ask about the job."""

    job_id: str
    run_id: str | None
    owner: str | None
    job_type: str
    version: str
    attempt: int
    remaining_ms: int | None
    traceparent: str | None
    parameters: list[tuple[str, str | None]]
    """None = a file."""
    checkpoint: bytes = b""
    saved: bytes | None = field(default=None)
    """The last checkpoint of this attempt."""


class Steps(Protocol):
    """What a worker has to be able to do."""

    info: JobInfo
    has_thread: bool
    """Whether the job may block its thread."""

    async def progress(self, fraction: float, message: str) -> None: ...
    async def log(self, level: str, message: str) -> None: ...
    async def result(self, id: str, media_type: str, data: bytes) -> None: ...
    async def reference(self, id: str, media_type: str, url: str) -> None: ...
    async def copy(self, name: str, id: str) -> None: ...
    async def checkpoint(self, state: bytes) -> None: ...
    def cancelled(self) -> str | None:
        """Why the job is to end, None while it may go on."""


async def run_steps(job: Steps) -> None:
    """Runs the values of DO, in their order."""
    for name, value in job.info.parameters:
        if name.lower() == "do" and value is not None:
            await _run(job, value)


async def _run(job: Steps, step: str) -> None:
    word, _, rest = step.partition(" ")
    first, _, more = rest.partition(" ")
    if word == "progress":
        await job.progress(float(first), more)
    elif word == "log":
        await job.log(first, more)
    elif word == "result":
        media_type, _, content = more.partition(" ")
        await job.result(first, media_type, content.encode())
    elif word == "bytes":
        await job.result(first, "application/octet-stream", (bytes(range(251)) * (int(more) // 251 + 1))[: int(more)])
    elif word == "reference":
        await job.reference(first, "text/plain", more)
    elif word == "parameters":
        await job.result(first, "application/json", json.dumps(job.info.parameters).encode())
    elif word == "copy":
        await job.copy(first, more)
    elif word == "job":
        await job.result(first, "application/json", json.dumps(_described(job.info)).encode())
    elif word == "checkpoint":
        job.info.saved = rest.encode()
        await job.checkpoint(job.info.saved)
    elif word == "resumed":
        await job.result(first, "text/plain", job.info.checkpoint)
    elif word == "wait":
        await _wait_for(job, Path(rest))
    elif word == "deaf":
        await _wait_deafly(job, Path(rest))
    elif word == "tidy":
        await _tidy(job, Path(rest))
    elif word == "pid":
        _write(Path(rest), str(os.getpid()))
    elif word == "fail":
        raise Fail(first, more)
    elif word == "retry":
        raise Fail("transient", more, int(first))
    elif word == "throw":
        raise RuntimeError(rest)
    elif word == "stderr":
        print(rest, file=sys.stderr, flush=True)
    elif word == "exit":
        os._exit(int(first))
    elif word == "release":
        raise Release(rest)
    else:
        raise Fail("fatal", f"unknown step: {step}")


def _described(info: JobInfo) -> dict[str, Any]:
    return {
        "jobId": info.job_id,
        "runId": info.run_id,
        "owner": info.owner,
        "jobType": info.job_type,
        "version": info.version,
        "attempt": info.attempt,
        "timeAllowedMs": info.remaining_ms,
        "traceparent": info.traceparent,
    }


async def _wait_for(job: Steps, path: Path) -> None:
    while not path.exists():
        if job.cancelled():
            raise Cancelled
        await asyncio.sleep(0.01)


async def _wait_deafly(job: Steps, path: Path) -> None:
    while not path.exists():
        if job.has_thread:
            time.sleep(0.01)
        else:
            await asyncio.sleep(0.01)


async def _tidy(job: Steps, path: Path) -> None:
    while (reason := job.cancelled()) is None:
        await asyncio.sleep(0.01)
    _write(path, reason)
    raise Cancelled


def _write(path: Path, text: str) -> None:
    """Whoever waits for the file finds it whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    fresh.rename(path)
