"""Handlers that run in processes of their own."""

import os
import subprocess
import sys
import time
from pathlib import Path

from uws_worker import Job


def hello(job: Job) -> None:
    job.progress(0.5, "thinking")
    job.log.info(f"process {os.getpid()}")
    job.result("greeting", f"Hello, {job.parameters['NAME']}!")


def transfers(job: Job) -> None:
    file = job.parameters.file("TABLE")
    with file.open() as table:
        head = table.read(10)
    job.result("head", head)
    job.result("big", lambda: (b"x" * 1_000 for _ in range(500)))


def crash(job: Job) -> None:
    print("x" * 10_000, "the end", file=sys.stderr, flush=True)
    os._exit(7)


def deaf(job: Job) -> None:
    """Does not heed a cancellation, and leaves a process of its own."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(job.parameters["PIDS"]).write_text(f"{os.getpid()} {child.pid}")
    job.log.info("begun")
    while True:
        time.sleep(1)


def tidy(job: Job) -> None:
    job.log.info("begun")
    job.cancelled.wait()
    job.log.info(f"told: {job.cancel_reason}")


def fail(job: Job) -> None:
    raise ValueError("no such star")
