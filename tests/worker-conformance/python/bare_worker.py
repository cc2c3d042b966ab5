"""A worker without an SDK: worker.proto and grpcio. Jobs run concurrently on the event loop. The generated modules come from:
python -m grpc_tools.protoc -I. --python_out=generated --grpc_python_out=generated worker.proto"""

import asyncio
import os
import random
import signal
import socket
import sys
import time
import uuid

from bare_attempt import BY_SERVER, Attempt, pb
from grpc import StatusCode, aio, insecure_channel
from worker_pb2_grpc import WorkerServiceStub

JOB_TYPES = ["conformance", "other"]
REFUSED = (StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED, StatusCode.INVALID_ARGUMENT, StatusCode.FAILED_PRECONDITION)


class Worker:
    """The control stream, again and again, and the attempts that outlive it."""

    def __init__(self, env):
        self.env, self.slots, self.draining, self.attempts = env, int(env.get("UWS_SLOTS") or 1), False, {}
        self.instance, self.outgoing, self.max_inline, self.lease = env.get("UWS_INSTANCE") or str(uuid.uuid4()), None, 0, 30
        self.metadata = (("authorization", f"Bearer {env['UWS_TOKEN']}"),) if env.get("UWS_TOKEN") else ()
        # Windows stay as they are: a gateway under Bun loses count of those that grow.
        options = [("grpc.http2.bdp_probe", 0), ("grpc.keepalive_time_ms", 10000), ("grpc.keepalive_timeout_ms", 5000), ("grpc.max_reconnect_backoff_ms", 1000)]
        self.stub = WorkerServiceStub(aio.insecure_channel(env["UWS_GATEWAY"], options))
        self.blocking_stub = WorkerServiceStub(insecure_channel(env["UWS_GATEWAY"], options))
        self.contact = time.monotonic()

    def send(self, message):
        if self.outgoing:  # without a stream it is kept, and sent after the next Welcome
            self.outgoing.put_nowait(message)

    async def run(self):
        refusals, failures, self.watching = 0, 0, asyncio.ensure_future(self.watch_lease())
        while True:
            code = await self.stream()
            refusals, failures = (refusals + 1 if code in REFUSED else 0), (0 if code is None else failures + 1)
            if refusals >= int(self.env.get("UWS_MAX_REFUSALS") or 10):
                return 1
            slow = int(self.env.get("UWS_REFUSED_MS") or 30000) / 1000 * random.uniform(0.5, 1)
            await asyncio.sleep(slow if refusals else random.uniform(0, min(5, 0.1 * 2**failures)))

    async def stream(self):
        """One stream from Hello to its end. None if it was welcomed, else the status."""
        outgoing, code = asyncio.Queue(), StatusCode.UNKNOWN
        held = [pb.HeldAttempt(attempt_token=a.token, acknowledged_sequence=a.acknowledged) for a in self.attempts.values()]
        outgoing.put_nowait(pb.WorkerMessage(hello=pb.Hello(protocol_version=1, worker_name=socket.gethostname(),
            instance_id=self.instance, sdk="bare-python", job_types=JOB_TYPES, held=held)))  # fmt: skip
        self.call = self.stub.Work(messages_of(outgoing), metadata=self.metadata)
        beating = None
        try:
            async for message in self.call:
                self.contact = time.monotonic()
                if message.HasField("welcome"):
                    self.outgoing, code = outgoing, None
                self.receive(message)
                beating = beating or asyncio.ensure_future(self.heartbeats())
        except (aio.AioRpcError, asyncio.CancelledError) as error:
            code = code and (error.code() if isinstance(error, aio.AioRpcError) else code)
        if beating:
            beating.cancel()
        self.outgoing = outgoing.put_nowait(None)
        return code

    async def heartbeats(self):
        while True:
            await asyncio.sleep(self.heartbeat)
            self.send(pb.WorkerMessage(heartbeat=pb.Heartbeat(attempt_tokens=self.attempts)))

    async def watch_lease(self):
        while await asyncio.sleep(0.1, True):
            if time.monotonic() - self.contact > self.lease:  # somebody else may run our jobs by now
                for attempt in self.attempts.values():
                    attempt.change(reason="lease_lost")

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
            self.heartbeat = content.heartbeat_ms / 1000 or 10
            valid = {verdict.attempt_token: verdict.acknowledged_sequence for verdict in content.held if verdict.valid}
            for attempt in list(self.attempts.values()):
                if attempt.token not in valid:
                    self.attempts.pop(attempt.token).forget()
                    continue
                attempt.change(acknowledged=valid[attempt.token])
                for kept in [*attempt.waiting, *([attempt.final] if attempt.final else [])]:
                    self.send(kept)
            self.credit()
        elif kind == "assign" and not attempt and content.job_type in JOB_TYPES and len(self.attempts) < self.slots:
            attempt = self.attempts[content.attempt_token] = Attempt(self, content)
            self.send(pb.WorkerMessage(accept=pb.Accept(attempt_token=attempt.token)))
            attempt.task = asyncio.ensure_future(attempt.run())
        elif attempt and kind == "event_ack":
            attempt.change(acknowledged=content.sequence)
        elif attempt and kind == "cancel":
            attempt.change(reason=BY_SERVER[content.reason - 1] if 1 <= content.reason <= 3 else BY_SERVER[0])
            asyncio.get_running_loop().call_later(content.grace_ms / 1000, attempt.end)
        elif attempt and kind in ("ended", "fenced"):
            self.attempts.pop(attempt.token).forget()

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
        if self.outgoing:
            self.outgoing.put_nowait(None)
            await asyncio.wait({asyncio.ensure_future(self.call.code())}, timeout=0.5)
        os._exit(0)

    async def until_idle(self, seconds):
        end = time.monotonic() + seconds
        while self.attempts and time.monotonic() < end:
            await asyncio.sleep(0.01)


async def messages_of(queue):
    while message := await queue.get():
        yield message


async def main():
    worker, draining = Worker(os.environ), []
    drain = lambda: draining.append(asyncio.ensure_future(worker.drain()))  # noqa: E731
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, drain)
    return await worker.run()


sys.exit(asyncio.run(main()))
