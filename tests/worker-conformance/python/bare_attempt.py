"""One attempt of a job, for bare_worker.py: what it says, and what the gateway has not acknowledged of it."""

import asyncio
import hashlib
import os
import random
import sys
import traceback

from grpc import RpcError, StatusCode
from steps import Cancelled, JobInfo, Release, run_steps

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "generated"))
import worker_pb2 as pb  # noqa: E402

BY_SERVER = ("aborted", "timed_out", "destroyed")


class Attempt:
    """One attempt of a job, and what the gateway has not acknowledged of it."""

    has_thread = False

    def __init__(self, worker, assign):
        self.worker, self.token, self.sequence, self.acknowledged, self.fraction = worker, assign.attempt_token, 0, 0, 0
        self.waiting, self.final, self.reason, self.changed, self.task = [], None, None, asyncio.Event(), None
        self.uploads = {p.name.lower(): p for p in assign.parameters if p.HasField("uploaded")}
        parameters = [(p.name, None if p.HasField("uploaded") else p.value) for p in assign.parameters]
        self.info = JobInfo(assign.job_id, assign.run_id or None, assign.owner or None, assign.job_type, assign.job_type_version,
                            assign.attempt, assign.time_allowed_ms or None, assign.trace_context.get("traceparent"), parameters,
                            assign.checkpoint)  # fmt: skip

    async def run(self):
        """Does the job; how it ends is the last message."""
        try:
            await run_steps(self)
            self.end(complete=pb.Complete(attempt_token=self.token, last_sequence=self.sequence))
        except Release as release:
            self.end(release=pb.Release(attempt_token=self.token, reason=str(release), checkpoint=self.info.saved))
        except Exception as error:
            kind, retry = getattr(error, "kind", "fatal"), getattr(error, "retry_ms", None)
            fail = pb.Fail(attempt_token=self.token, kind=kind.upper(), message=str(error), detail=traceback.format_exc()[-100_000:], retryable=retry is not None,
                           retry_delay_ms=retry or 0, last_sequence=self.sequence)  # fmt: skip
            # One that was told to stop did not fail: the job goes back.
            self.end(**({"release": pb.Release(attempt_token=self.token, reason=self.reason)} if self.reason else {"fail": fail}))

    def end(self, **message):
        if self.final is None:
            cancelled = {"cancelled": pb.Cancelled(attempt_token=self.token)}
            self.final = pb.WorkerMessage(**(cancelled if self.reason in BY_SERVER else message))
            self.worker.send(self.final)

    def change(self, reason=None, acknowledged=0):
        self.reason, self.acknowledged = self.reason or reason, max(self.acknowledged, acknowledged)
        self.waiting = [message for message in self.waiting if message.event.sequence > self.acknowledged]
        self.changed.set()

    def forget(self):
        """Ended or fenced: nothing more is said."""
        self.final = self.final or pb.WorkerMessage()
        self.change(reason="fenced")

    async def until(self, true):
        while not true():
            if self.reason:
                raise Cancelled
            self.changed.clear()
            await self.changed.wait()

    async def event(self, **payload):
        """Events are numbered without gaps and kept until they are acknowledged; too many of them wait."""
        await self.until(lambda: len(self.waiting) < 1000 and self.final is None)
        self.sequence += 1
        self.waiting.append(pb.WorkerMessage(event=pb.Event(attempt_token=self.token, sequence=self.sequence, **payload)))
        self.worker.send(self.waiting[-1])

    async def progress(self, fraction, message):
        self.fraction = max(self.fraction, fraction)
        await self.event(progress=pb.Progress(fraction=self.fraction, message=message))

    async def log(self, level, message):
        await self.event(log=pb.LogLine(level=level.upper(), message=message))

    async def checkpoint(self, state):
        await self.event(checkpoint=pb.Checkpoint(state=state))

    async def reference(self, id, media_type, url):
        await self.event(result=pb.Result(id=id, media_type=media_type, reference=url))

    async def result(self, id, media_type, data):
        if len(data) <= self.worker.max_inline:
            return await self.event(result=pb.Result(id=id, media_type=media_type, inline=data))

        def chunks():
            yield pb.ResultChunk(header=pb.ResultHeader(attempt_token=self.token, id=id, media_type=media_type, size=len(data)))
            for start in range(0, len(data), 65536):
                yield pb.ResultChunk(data=data[start : start + 65536])
            yield pb.ResultChunk(end=pb.ResultEnd(sha256=hashlib.sha256(data).digest()))

        # Not of asyncio: there a write that crosses the gateway's answer hides it.
        upload = self.worker.blocking_stub.UploadResult
        await self.patiently(lambda: asyncio.to_thread(upload, chunks(), metadata=self.worker.metadata))

    async def copy(self, name, id):
        data, upload = bytearray(), self.uploads[name.lower()]

        async def download():  # goes on where a connection broke
            ref = pb.ParameterRef(attempt_token=self.token, name=upload.name, offset=len(data))
            async for chunk in self.worker.stub.DownloadParameter(ref, metadata=self.worker.metadata):
                data.extend(chunk.data)

        await self.patiently(download)
        await self.result(id, upload.uploaded.media_type, bytes(data))

    async def patiently(self, call):
        """Tries again while the gateway is away, as long as the job is ours."""
        while not self.reason:
            try:
                return await call()
            except RpcError as error:
                if error.code() not in (StatusCode.UNAVAILABLE, StatusCode.CANCELLED, StatusCode.DATA_LOSS, StatusCode.INTERNAL):
                    raise
            await asyncio.sleep(random.uniform(0, 0.5))
        raise Cancelled

    def cancelled(self):
        return self.reason
