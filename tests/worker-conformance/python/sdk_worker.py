"""The conformance worker with the SDK: see ../README.md. Jobs run as functions, in a thread or a process of their own."""

import asyncio
import os
import sys
from typing import Any

from steps import Fail, JobInfo, Release, run_steps
from uws_worker import Job, JobFailure, Reference, Worker
from uws_worker.job_type import job_type
from uws_worker.log_format import set_up_logging


class SdkSteps:
    """The steps in the words of the SDK."""

    has_thread = True

    def __init__(self, job: Job) -> None:
        self._job = job
        remaining = job.remaining
        self.info = JobInfo(
            job.job_id,
            job.run_id,
            job.owner,
            job.job_type,
            job.job_type_version,
            job.attempt,
            None if remaining is None else int(remaining * 1000),
            job.trace_context.get("traceparent"),
            [(entry.name, entry.value) for entry in job.parameters.entries()],
            job.checkpoint or b"",
        )

    async def progress(self, fraction: float, message: str) -> None:
        self._job.progress(fraction, message)

    async def log(self, level: str, message: str) -> None:
        getattr(self._job.log, "warning" if level == "warn" else level)(message)

    async def result(self, id: str, media_type: str, data: bytes) -> None:
        self._job.result(id, data, media_type=media_type)

    async def reference(self, id: str, media_type: str, url: str) -> None:
        self._job.result(id, Reference(url), media_type=media_type)

    async def copy(self, name: str, id: str) -> None:
        file = self._job.parameters.file(name)
        self._job.result(id, file.chunks, media_type=file.media_type)

    async def checkpoint(self, state: bytes) -> None:
        self._job.save_checkpoint(state)

    def cancelled(self) -> str | None:
        return self._job.cancel_reason


def conformance(job: Job) -> None:
    """Does what DO says."""
    steps = SdkSteps(job)
    try:
        asyncio.run(run_steps(steps))
    except Fail as failure:
        raise JobFailure(
            str(failure),
            kind="transient" if failure.kind == "transient" else "fatal",
            retryable=failure.retry_ms is not None,
            retry_delay=(failure.retry_ms or 0) / 1000,
        ) from None
    except Release as release:
        job.release(str(release), steps.info.saved)


def main() -> None:
    """Runs the worker."""
    set_up_logging("text")
    mode: Any = "process" if os.environ.get("UWS_JOBS") == "process" else "thread"
    handler = job_type(conformance, mode)
    given = {
        "slots": ("UWS_SLOTS", int),
        "instance_id": ("UWS_INSTANCE", str),
        "drain_timeout": ("UWS_DRAIN_MS", lambda text: int(text) / 1000),
        "refused_delay": ("UWS_REFUSED_MS", lambda text: int(text) / 1000),
        "max_refusals": ("UWS_MAX_REFUSALS", int),
    }
    options: dict[str, Any] = {
        name: read(os.environ[variable]) for name, (variable, read) in given.items() if os.environ.get(variable)
    }
    sys.exit(Worker({"conformance": handler, "other": handler}, **options).run())


if __name__ == "__main__":
    main()
