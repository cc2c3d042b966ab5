"""Workers for a UWS server: handlers are functions, and one line runs them.

from uws_worker import job, run_worker

@job("hello")
def hello(job):
    job.progress(0.5, "thinking")
    job.result("greeting", f"Hello, {job.parameters['NAME']}!")

run_worker()
"""

from typing import TYPE_CHECKING, Any

from .async_job import AsyncJob
from .data import Reference
from .failures import CancelReason, JobFailure, JobInterrupted, JobReleased
from .job import Job
from .job_log import JobLogHandler
from .parameters import Parameters
from .registry import job, run_worker
from .uploaded_file import AsyncUploadedFile, UploadedFile

if TYPE_CHECKING:
    from .connection import TlsFiles
    from .session import WorkerRefused
    from .worker import Worker

__all__ = [
    "AsyncJob",
    "AsyncUploadedFile",
    "CancelReason",
    "Job",
    "JobFailure",
    "JobInterrupted",
    "JobLogHandler",
    "JobReleased",
    "Parameters",
    "Reference",
    "TlsFiles",
    "UploadedFile",
    "Worker",
    "WorkerRefused",
    "job",
    "run_worker",
]

_later = {"TlsFiles": "connection", "Worker": "worker", "WorkerRefused": "session"}


def __getattr__(name: str) -> Any:
    """What needs gRPC is imported when it is asked for: the process of a job seldom does."""
    if name not in _later:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_later[name]}", __name__), name)
