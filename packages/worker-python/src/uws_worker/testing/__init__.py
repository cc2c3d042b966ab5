"""Runs handlers without a server, for their tests."""

from .run_handler import HandlerRun, LeftResult, LogEntry, Report, run_handler

__all__ = ["HandlerRun", "LeftResult", "LogEntry", "Report", "run_handler"]
