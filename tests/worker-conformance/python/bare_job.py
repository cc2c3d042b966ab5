"""What the jobs of bare_worker.py do: the steps of a conformance job. Put your own handler in the place of this file.

The worker takes three names from it: JOB_TYPES, settings() and do_job(attempt). An attempt has `assign`, as it came; `stopped`,
which tells why the job is to stop, None while it may go on; say(log=…) and the like for an event; result(id, media_type, data);
and download(name), which yields the pieces of an uploaded parameter.
"""

import asyncio
import os
import socket
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

from steps import Fail, JobInfo, Release, run_steps

sys.path.append(str(Path(__file__).with_name("generated")))
import worker_pb2 as pb

JOB_TYPES = ("conformance", "other")


def settings():
    """What the environment says: see ../README.md."""
    given = {name: value for name, value in os.environ.items() if value}
    return SimpleNamespace(
        gateway=given["UWS_GATEWAY"],
        token=given.get("UWS_TOKEN"),
        worker={
            "worker_name": socket.gethostname(),
            "instance_id": given.get("UWS_INSTANCE", str(uuid4())),
            "sdk": "none: bare_worker.py",
            "job_types": JOB_TYPES,
        },
        slots=int(given.get("UWS_SLOTS", 1)),
        drain_seconds=int(given.get("UWS_DRAIN_MS", 25_000)) / 1000,
        refused_seconds=int(given.get("UWS_REFUSED_MS", 30_000)) / 1000,
        max_refusals=int(given.get("UWS_MAX_REFUSALS", 10)),
    )


def do_job(attempt):
    """Runs in a thread of its own. Returns how the job ended, Complete, Fail or Release, and raises nothing."""
    steps = BareSteps(attempt)
    try:
        asyncio.run(run_steps(steps))
        return pb.Complete()
    except Release as release:
        return pb.Release(reason=str(release), checkpoint=steps.info.saved)
    except BaseException as error:
        if attempt.stopped:  # Whoever was told to stop did not fail: the job goes back.
            return pb.Release(reason=attempt.stopped, checkpoint=steps.info.saved)
        if isinstance(error, Fail):
            retry = {} if error.retry_ms is None else {"retryable": True, "retry_delay_ms": error.retry_ms}
            return pb.Fail(kind=error.kind.upper(), message=str(error), **retry)
        message = " ".join(str(error).split())
        return pb.Fail(kind="FATAL", message=message, detail=traceback.format_exc()[-100_000:])


class BareSteps:
    """The steps in the words of the protocol."""

    has_thread = True

    def __init__(self, attempt):
        assign = attempt.assign
        self._attempt = attempt
        self._fraction = 0.0
        self.info = JobInfo(
            assign.job_id,
            assign.run_id or None,
            assign.owner or None,
            assign.job_type,
            assign.job_type_version,
            assign.attempt,
            assign.time_allowed_ms or None,
            assign.trace_context.get("traceparent"),
            [(entry.name, None if entry.HasField("uploaded") else entry.value) for entry in assign.parameters],
            assign.checkpoint,
        )

    async def progress(self, fraction, message):
        self._fraction = max(self._fraction, fraction)
        self._attempt.say(progress=pb.Progress(fraction=self._fraction, message=message))

    async def log(self, level, message):
        self._attempt.say(log=pb.LogLine(level=level.upper(), message=message))

    async def checkpoint(self, state):
        self._attempt.say(checkpoint=pb.Checkpoint(state=state))

    async def reference(self, id, media_type, url):
        self._attempt.say(result=pb.Result(id=id, media_type=media_type, reference=url))

    async def result(self, id, media_type, data):
        self._attempt.result(id, media_type, data)

    async def copy(self, name, id):
        files = {entry.name.lower(): entry for entry in self._attempt.assign.parameters if entry.HasField("uploaded")}
        file = files[name.lower()]
        self._attempt.result(id, file.uploaded.media_type, b"".join(self._attempt.download(file.name)))

    def cancelled(self):
        return self._attempt.stopped
