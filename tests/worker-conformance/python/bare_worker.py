"""A worker without an SDK, from worker.proto and grpcio alone. What its jobs do is in bare_job.py: put yours in its place."""

import hashlib
import os
import queue
import random
import signal
import threading
import time
from contextlib import suppress

import bare_job
import grpc
import worker_pb2 as pb  # python -m grpc_tools.protoc -I. --python_out=generated --grpc_python_out=generated worker.proto
from worker_pb2_grpc import WorkerServiceStub

CANCELLED = {pb.Cancel.ABORTED: "aborted", pb.Cancel.TIMED_OUT: "timed_out", pb.Cancel.DESTROYED: "destroyed"}
BROKEN = {"UNAVAILABLE", "CANCELLED", "INTERNAL", "DATA_LOSS", "UNKNOWN", "ABORTED", "OK"}  # any other status is an answer
DRAINING = pb.WorkerMessage(draining=pb.Draining())


class Attempt:  # Its job says, stores, reads, and asks why it is stopped. It is over when its end is said, or nobody wants to hear of it.
    def __init__(self, worker, assign):
        self.worker, self.assign, self.token, self.stopped, self.over = worker, assign, assign.attempt_token, None, False
        self.acknowledged, self.kept = 0, []  # the sequence number, and the messages that follow

    def say(self, **event):
        with self.worker.changed:
            self.worker.changed.wait_for(lambda: self.over or len(self.kept) < 1000)  # A slow gateway slows the job.
            self.keep(event=pb.Event(attempt_token=self.token, sequence=self.acknowledged + len(self.kept) + 1, **event))

    def keep(self, **message):  # Said now, and again after each Welcome: an event until it is acknowledged, the end until Ended.
        if not self.over:
            self.kept.append(pb.WorkerMessage(**message))
            self.worker.outbox.put(self.kept[-1])

    def end(self, end):  # Complete, Fail or Release. But the answer to Cancel is Cancelled, whatever the job did.
        with self.worker.changed:
            if self.stopped in CANCELLED.values():
                end = pb.Cancelled()
            elif isinstance(end, pb.Complete | pb.Fail):
                end.last_sequence = self.acknowledged + len(self.kept)
            end.attempt_token = self.token
            self.keep(**{end.DESCRIPTOR.name.lower(): end})
            self.over = True

    def result(self, id, media_type, data):
        if 0 < self.worker.welcome.max_result_bytes < len(data):
            raise ValueError(f"result {id} is longer than the gateway takes")
        if len(data) <= self.worker.welcome.max_inline_result_bytes:
            return self.say(result=pb.Result(id=id, media_type=media_type, inline=data))
        chunks = [pb.ResultChunk(header=pb.ResultHeader(attempt_token=self.token, id=id, media_type=media_type, size=len(data)))]
        chunks += [pb.ResultChunk(data=data[start : start + 65536]) for start in range(0, len(data), 65536)]
        chunks += [pb.ResultChunk(end=pb.ResultEnd(sha256=hashlib.sha256(data).digest()))]
        list(self.answers(lambda: [self.worker.stub.UploadResult(iter(chunks), metadata=self.worker.metadata)]))

    def download(self, name):
        rest = pb.ParameterRef(attempt_token=self.token, name=name)
        for chunk in self.answers(lambda: self.worker.stub.DownloadParameter(rest, metadata=self.worker.metadata)):
            rest.offset += len(chunk.data)
            yield chunk.data

    def answers(self, call):  # The call is made again when it broke off, as long as the job may go on.
        while True:
            try:
                return (yield from call())
            except grpc.RpcError as error:
                if self.stopped or error.code().name not in BROKEN | {"UNAUTHENTICATED"}:  # A bad token is not the job's fault.
                    raise
            time.sleep(random.uniform(0, 0.5))


class Worker:  # The control stream, opened again and again, and the attempts, which outlive it. `changed` guards them all.
    def __init__(self, settings):
        self.settings, self.slots, self.attempts, self.changed = settings, settings.slots, {}, threading.Condition()
        self.outbox = queue.SimpleQueue()  # of the last stream that was welcomed
        self.metadata = [("authorization", f"Bearer {settings.token}")] if settings.token else []
        options = {"grpc.keepalive_time_ms": 10_000, "grpc.keepalive_timeout_ms": 5_000, "grpc.max_reconnect_backoff_ms": 5_000}
        self.stub = WorkerServiceStub(grpc.insecure_channel(settings.gateway, list(options.items())))

    def run(self):  # Returns 0 when it is drained, 1 when it was refused too often in a row.
        refusals = 0
        while refusals < self.settings.max_refusals and (self.slots or self.attempts):
            time.sleep(random.uniform(0.5, 1) * self.settings.refused_seconds if refusals else random.uniform(0, 0.5))
            held = [pb.HeldAttempt(attempt_token=a.token, acknowledged_sequence=a.acknowledged) for a in self.attempts.values()]
            outbox = queue.SimpleQueue()
            outbox.put(pb.WorkerMessage(hello=pb.Hello(protocol_version=1, held=held, **self.settings.worker)))
            self.stream = self.stub.Work(iter(outbox.get, None), metadata=self.metadata)
            with suppress(grpc.RpcError):
                for message in self.stream:
                    with self.changed:
                        if kind := message.WhichOneof("message"):  # else it is of a newer protocol
                            self.receive(kind, getattr(message, kind), outbox)
                        self.changed.notify_all()
            outbox.put(None)
            refusals = 0 if self.outbox is outbox or self.stream.code().name in BROKEN else refusals + 1
        return 1 if refusals else 0

    def receive(self, kind, content, outbox):
        attempt = self.attempts.get(getattr(content, "attempt_token", None))
        if kind == "welcome":
            self.welcome, self.outbox = content, outbox
            outbox.put(pb.WorkerMessage(credit=pb.Credit(total_slots=self.slots)) if self.slots else DRAINING)
            acks = {verdict.attempt_token: verdict.acknowledged_sequence for verdict in content.held if verdict.valid}
            for token in list(self.attempts):  # A verdict is as good as EventAck or Fenced.
                self.receive("event_ack" if token in acks else "fenced", pb.EventAck(attempt_token=token, sequence=acks.get(token)), outbox)
            for message in [kept for attempt in self.attempts.values() for kept in attempt.kept]:
                outbox.put(message)
            threading.Thread(target=self.beat, args=[self.stream, content]).start()
        elif kind == "assign" and not attempt and content.job_type in bare_job.JOB_TYPES and len(self.attempts) < self.slots:
            attempt = self.attempts[content.attempt_token] = Attempt(self, content)
            outbox.put(pb.WorkerMessage(accept=pb.Accept(attempt_token=attempt.token)))
            threading.Thread(target=lambda: attempt.end(bare_job.do_job(attempt))).start()
        elif attempt and kind == "event_ack":
            del attempt.kept[: max(0, content.sequence - attempt.acknowledged)]
            attempt.acknowledged = max(attempt.acknowledged, content.sequence)
        elif attempt and kind == "cancel":
            attempt.stopped = CANCELLED.get(content.reason, "aborted")
            threading.Timer(content.grace_ms / 1000, attempt.end, [pb.Cancelled()]).start()
        elif attempt and kind in ("ended", "fenced"):
            attempt.stopped, attempt.over = attempt.stopped or "fenced", True
            del self.attempts[attempt.token]

    def beat(self, stream, welcome):  # With no other stream before the lease is over, somebody else may run our jobs.
        while stream.is_active():
            self.outbox.put(pb.WorkerMessage(heartbeat=pb.Heartbeat(attempt_tokens=list(self.attempts))))
            time.sleep(welcome.heartbeat_ms / 1000)
        time.sleep((welcome.lease_ms - welcome.heartbeat_ms) / 1000)
        if self.welcome is welcome:
            for attempt in self.attempts.values():
                attempt.stopped = attempt.stopped or "lease_lost"

    def drain(self):  # No new jobs. Those that run have their time, then are told to stop, then are given back.
        with self.changed:
            self.slots = 0
            self.outbox.put(DRAINING)
            self.changed.wait_for(lambda: not self.attempts, self.settings.drain_seconds)
            for attempt in self.attempts.values():
                attempt.stopped = attempt.stopped or "draining"
                threading.Timer(3, attempt.end, [pb.Release(reason="draining")]).start()
            self.changed.wait_for(lambda: not self.attempts, 4)
            self.outbox.put(None)  # The stream ends, and run() with it.
            threading.Timer(1, os._exit, [0]).start()


worker = Worker(bare_job.settings())
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=worker.drain).start())
os._exit(worker.run())
