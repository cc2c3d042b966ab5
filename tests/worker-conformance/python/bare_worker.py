"""A worker without an SDK: worker.proto and grpcio. Jobs run concurrently on the event loop. The generated modules come from
python -m grpc_tools.protoc -I. --python_out=generated --grpc_python_out=generated worker.proto"""

import asyncio, hashlib, os, random, signal, socket, sys, time, uuid  # noqa: E401 one line of many
from grpc import StatusCode, aio
from steps import Cancelled, Fail, JobInfo, Release, run_steps

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "generated"))
import worker_pb2 as pb  # noqa: E402
import worker_pb2_grpc  # noqa: E402

REFUSED = (StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED, StatusCode.INVALID_ARGUMENT, StatusCode.FAILED_PRECONDITION)
BY_SERVER = ("aborted", "timed_out", "destroyed")


class Attempt:
    """One attempt of a job, and what the gateway has not acknowledged of it."""

    has_thread = False

    def __init__(self, worker, assign):
        self.worker, self.token, self.sequence, self.acknowledged, self.fraction = worker, assign.attempt_token, 0, 0, 0
        self.waiting, self.final, self.reason, self.changed, self.task = [], None, None, asyncio.Event(), None
        self.media_types = {p.name.lower(): p.uploaded.media_type for p in assign.parameters if p.HasField("uploaded")}
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
            fail = pb.Fail(attempt_token=self.token, kind=kind.upper(), message=str(error), retryable=retry is not None,
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

        await self.patiently(lambda: self.worker.stub.UploadResult(chunks(), metadata=self.worker.metadata))

    async def copy(self, name, id):
        data = bytearray()

        async def download():  # goes on where a connection broke
            ref = pb.ParameterRef(attempt_token=self.token, name=name, offset=len(data))
            async for chunk in self.worker.stub.DownloadParameter(ref, metadata=self.worker.metadata):
                data.extend(chunk.data)

        await self.patiently(download)
        await self.result(id, self.media_types.get(name.lower(), ""), bytes(data))

    async def patiently(self, call):
        """Tries again while the gateway is away, as long as the job is ours."""
        while not self.reason:
            try:
                return await call()
            except aio.AioRpcError as error:
                if error.code() not in (StatusCode.UNAVAILABLE, StatusCode.CANCELLED, StatusCode.DATA_LOSS, StatusCode.INTERNAL):
                    raise
            await asyncio.sleep(random.uniform(0, 0.5))
        raise Cancelled

    def cancelled(self):
        return self.reason


class Worker:
    """The control stream, again and again, and the attempts that outlive it."""

    def __init__(self, env):
        self.env, self.slots, self.draining, self.attempts = env, int(env.get("UWS_SLOTS") or 1), False, {}
        self.instance, self.outgoing, self.max_inline, self.lease = env.get("UWS_INSTANCE") or str(uuid.uuid4()), None, 0, 30
        self.metadata = (("authorization", f"Bearer {env['UWS_TOKEN']}"),) if env.get("UWS_TOKEN") else ()
        options = [("grpc.keepalive_time_ms", 10000), ("grpc.keepalive_timeout_ms", 5000), ("grpc.max_reconnect_backoff_ms", 1000)]
        self.stub = worker_pb2_grpc.WorkerServiceStub(aio.insecure_channel(env["UWS_GATEWAY"], options))
        self.contact = time.monotonic()

    def send(self, message):
        if self.outgoing:  # without a stream it is kept, and sent after the next Welcome
            self.outgoing.put_nowait(message)

    async def run(self):
        refusals = failures = 0
        while not self.draining or self.attempts:
            code = await self.stream()
            refusals, failures = (refusals + 1 if code in REFUSED else 0), (0 if code is None else failures + 1)
            if refusals >= int(self.env.get("UWS_MAX_REFUSALS") or 10):
                return 1
            slow = int(self.env.get("UWS_REFUSED_MS") or 30000) / 1000 * random.uniform(0.5, 1)
            await asyncio.sleep(slow if refusals else random.uniform(0, min(5, 0.1 * 2**failures)))
        return 0

    async def stream(self):
        """One stream from Hello to its end. None if it was welcomed, else the status."""
        outgoing, code = asyncio.Queue(), StatusCode.UNKNOWN
        held = [pb.HeldAttempt(attempt_token=a.token, acknowledged_sequence=a.acknowledged) for a in self.attempts.values()]
        outgoing.put_nowait(pb.WorkerMessage(hello=pb.Hello(protocol_version=1, worker_name=socket.gethostname(),
            instance_id=self.instance, sdk="bare-python", job_types=["conformance", "other"], held=held)))  # fmt: skip
        self.call = self.stub.Work(iter_of(outgoing), metadata=self.metadata)
        beating = asyncio.ensure_future(self.heartbeats())
        try:
            async for message in self.call:
                self.contact = time.monotonic()
                if message.HasField("welcome"):
                    self.outgoing, code = outgoing, None
                self.receive(message)
        except (aio.AioRpcError, asyncio.CancelledError) as error:
            code = code and (error.code() if isinstance(error, aio.AioRpcError) else code)
        beating.cancel()
        self.outgoing = outgoing.put_nowait(None)
        return code

    async def heartbeats(self):
        while True:
            await asyncio.sleep(min(1, self.lease / 3))
            if time.monotonic() - self.contact > self.lease:  # somebody else may run our jobs by now
                for attempt in self.attempts.values():
                    attempt.change(reason="lease_lost")
            self.send(pb.WorkerMessage(heartbeat=pb.Heartbeat(attempt_tokens=self.attempts)))

    def credit(self):
        if self.draining:
            self.send(pb.WorkerMessage(draining=pb.Draining()))
        self.send(pb.WorkerMessage(credit=pb.Credit(total_slots=0 if self.draining else self.slots)))

    def receive(self, message):
        kind = message.WhichOneof("message")
        content = getattr(message, kind or "", None)
        attempt = self.attempts.get(getattr(content, "attempt_token", None))
        if kind == "welcome":
            self.max_inline, self.lease = content.max_inline_result_bytes, content.lease_ms / 1000 or 30
            valid = {verdict.attempt_token: verdict.acknowledged_sequence for verdict in content.held if verdict.valid}
            for attempt in list(self.attempts.values()):
                if attempt.token not in valid:
                    self.attempts.pop(attempt.token).change(reason="fenced")
                    continue
                attempt.change(acknowledged=valid[attempt.token])
                for kept in [*attempt.waiting, *([attempt.final] if attempt.final else [])]:
                    self.send(kept)
            self.credit()
        elif kind == "assign" and attempt is None:
            attempt = self.attempts[content.attempt_token] = Attempt(self, content)
            self.send(pb.WorkerMessage(accept=pb.Accept(attempt_token=attempt.token)))
            attempt.task = asyncio.ensure_future(attempt.run())
        elif attempt and kind == "event_ack":
            attempt.change(acknowledged=content.sequence)
        elif attempt and kind == "cancel":
            attempt.change(reason=BY_SERVER[max(1, content.reason) - 1])
            asyncio.get_running_loop().call_later(content.grace_ms / 1000, attempt.end)
        elif attempt and kind in ("ended", "fenced"):
            self.attempts.pop(attempt.token).change(reason="fenced")
            if self.draining and not self.attempts:
                self.call.cancel()

    async def drain(self):
        """Takes no new jobs; gives back what has not ended in time."""
        self.draining = True
        self.credit()
        await self.until_idle(int(self.env.get("UWS_DRAIN_MS") or 25000) / 1000)
        for attempt in self.attempts.values():
            attempt.change(reason="draining")
        await self.until_idle(3)
        for attempt in self.attempts.values():
            attempt.end(release=pb.Release(attempt_token=attempt.token, reason="the worker is draining"))
        await self.until_idle(1)
        os._exit(0)

    async def until_idle(self, seconds):
        end = time.monotonic() + seconds
        while self.attempts and time.monotonic() < end:
            await asyncio.sleep(0.01)


async def iter_of(queue):
    while message := await queue.get():
        yield message


async def main():
    worker, draining = Worker(os.environ), []
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: draining.append(asyncio.ensure_future(worker.drain()))
    )
    return await worker.run()


sys.exit(asyncio.run(main()))
