"""The handlers that a program declares, and the one line that runs them."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from .job_type import Handler, JobType, Mode, job_type
from .process.program import in_job_process, leave_main

if TYPE_CHECKING:
    from .connection_options import TlsFiles

H = TypeVar("H", bound=Handler)

_declared: dict[str, JobType] = {}


def job(name: str, *, mode: Mode | None = None, retry_crashes: bool = False) -> Callable[[H], H]:
    """Declares the handler of a job type.

    `async def` runs beside others on the event loop; a function in a process of its own (`mode="process"`, the default), or
    in a thread (`mode="thread"`). Its return completes the job, its exception fails it.
    retry_crashes: ask for another attempt when the process crashes or is killed.
    Raises ValueError for a name that is taken.
    """

    def declare(handler: H) -> H:
        if name in _declared:
            raise ValueError(f"the job type {name} has a handler already")
        _declared[name] = job_type(handler, mode, retry_crashes)
        return handler

    return declare


def declared() -> Mapping[str, JobType]:
    """What has been declared so far."""
    return dict(_declared)


def run_worker(
    *,
    slots: int = 1,
    name: str | None = None,
    address: str | None = None,
    token: str | None = None,
    tls: "TlsFiles | None" = None,
    labels: Mapping[str, str] | None = None,
    descriptions: tuple[str, ...] = (),
    drain_timeout: float = 25.0,
    log_format: str | None = None,
) -> None:
    """Runs the declared jobs until a signal: the first SIGTERM or SIGINT drains and returns, a second one stops at once.

    Address and credentials come from UWS_GATEWAY, UWS_TOKEN, UWS_CA, UWS_CERTIFICATE and UWS_KEY unless they are given.
    log_format: `text` or `json`, UWS_LOG_FORMAT unless given; logging that is set up already is left alone.
    Exits with status 1 when it was stopped at once, or the gateway has refused the worker for good.
    """
    if in_job_process():
        leave_main()
    from .log_format import set_up_logging
    from .worker import Worker

    set_up_logging(log_format)
    worker = Worker(
        slots=slots,
        name=name,
        address=address,
        token=token,
        tls=tls,
        labels=labels,
        descriptions=descriptions,
        drain_timeout=drain_timeout,
    )
    status = worker.run()
    if status != 0:
        sys.exit(status)
