"""Lines for the job's log, kept by the server."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

from ._generated.worker_pb2 import LogLine
from .shortened import shortened

_MAX_LOG_MESSAGE = 64 * 1024
"""Bytes of one line."""


class LineSink(Protocol):
    """Takes one line."""

    def __call__(self, line: LogLine) -> None: ...


class JobLog:
    """Writes to the log of one job. In a thread or a process of its own, whoever logs faster than the server takes it waits."""

    def __init__(self, sink: LineSink, longest: Callable[[], int]) -> None:
        self._sink = sink
        self._longest = longest

    def debug(self, message: str) -> None:
        """For whoever looks for an error."""
        self._write(LogLine.DEBUG, message)

    def info(self, message: str) -> None:
        """What happens."""
        self._write(LogLine.INFO, message)

    def warning(self, message: str) -> None:
        """What is odd."""
        self._write(LogLine.WARN, message)

    def error(self, message: str) -> None:
        """What went wrong."""
        self._write(LogLine.ERROR, message)

    def _write(self, level: LogLine.Level, message: str) -> None:
        self._sink(LogLine(level=level, message=shortened(message, min(_MAX_LOG_MESSAGE, self._longest()))))


current_log: ContextVar[JobLog | None] = ContextVar("uws_worker_current_log", default=None)
"""The log of the job that runs in this thread or task."""


class JobLogHandler(logging.Handler):
    """Sends the lines of Python's logging to the log of the job whose handler wrote them; other lines it leaves alone.

    logging.getLogger().addHandler(JobLogHandler())
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a line that cannot be sent is logging's own trouble."""
        log = current_log.get()
        if log is None or record.name.split(".")[0] in ("uws_worker", "grpc", "asyncio"):
            return
        try:
            message = self.format(record)
            if record.levelno >= logging.ERROR:
                log.error(message)
            elif record.levelno >= logging.WARNING:
                log.warning(message)
            elif record.levelno >= logging.INFO:
                log.info(message)
            else:
                log.debug(message)
        except Exception:
            self.handleError(record)
