"""A worker without an SDK: the whole of worker.proto, with grpcio. What its jobs do is in bare_job.py. The modules of messages:
python -m grpc_tools.protoc -I. --python_out=generated --grpc_python_out=generated worker.proto"""

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
import worker_pb2 as pb
from worker_pb2_grpc import WorkerServiceStub

MAX_KEPT, CHUNK_BYTES = 1000, 65536
CANCELLED = {pb.Cancel.ABORTED: "aborted", pb.Cancel.TIMED_OUT: "timed_out", pb.Cancel.DESTROYED: "destroyed"}
BROKEN = {"UNAVAILABLE", "CANCELLED", "INTERNAL", "DATA_LOSS", "UNKNOWN", "ABORTED", "OK"}  # every other status is an answer


class Attempt:
    """One attempt of a job, which says its events and results, reads its files, and asks whether (and why) it is stopped.
    It is over when its end is said, or when the gateway wants to hear nothing more of it."""

    def __init__(self, worker, assign):
        self.worker, self.assign, self.token, self.stopped, self.over = worker, assign, assign.attempt_token, None, False
        self.sequence, self.acknowledged, self.kept = 0, 0, {}

    def say(self, **event):
        with self.worker.changed:
            self.worker.changed.wait_for(lambda: self.over or len(self.kept) < MAX_KEPT)
            self.keep(event=pb.Event(attempt_token=self.token, sequence=self.sequence + 1, **event))

    def keep(self, **message):
        """Says it, and again after each Welcome: an event until it is acknowledged, the end, in the next place, until Ended."""
        if not self.over:
            self.sequence += 1
            self.kept[self.sequence] = pb.WorkerMessage(**message)
            self.worker.outgoing.put(self.kept[self.sequence])

    def end(self, end):
        """Complete, Fail or Release. But the answer to Cancel is Cancelled, and a job that was told to stop did not fail."""
        with self.worker.changed:
            if self.stopped in CANCELLED.values():
                end = pb.Cancelled()
            elif self.stopped and isinstance(end, pb.Fail):
                end = pb.Release(reason=self.stopped)
            if isinstance(end, pb.Complete | pb.Fail):
                end.last_sequence = self.sequence
            end.attempt_token = self.token
            self.keep(**{end.DESCRIPTOR.name.lower(): end})
            self.over = True

    def result(self, id, media_type, data):
        if 0 < self.worker.welcome.max_result_bytes < len(data):
            raise ValueError(f"result {id} is longer than the gateway takes")
        if len(data) <= self.worker.welcome.max_inline_result_bytes:
            return self.say(result=pb.Result(id=id, media_type=media_type, inline=data))
        chunks = [pb.ResultChunk(header=pb.ResultHeader(attempt_token=self.token, id=id, media_type=media_type, size=len(data)))]
        chunks += [pb.ResultChunk(data=data[start : start + CHUNK_BYTES]) for start in range(0, len(data), CHUNK_BYTES)]
        chunks += [pb.ResultChunk(end=pb.ResultEnd(sha256=hashlib.sha256(data).digest()))]
        list(self.answers(lambda: [self.worker.stub.UploadResult(iter(chunks), metadata=self.worker.metadata)]))

    def download(self, name):
        rest = pb.ParameterRef(attempt_token=self.token, name=name)
        for chunk in self.answers(lambda: self.worker.stub.DownloadParameter(rest, metadata=self.worker.metadata)):
            rest.offset += len(chunk.data)
            yield chunk.data

    def answers(self, call):
        """What a call answers. It is made again when it broke off, as long as the job may go on."""
        while True:
            try:
                return (yield from call())
            except grpc.RpcError as error:
                if self.stopped or error.code().name not in BROKEN:
                    raise
            time.sleep(random.uniform(0, 0.5))


class Worker:
    """The control stream, again and again, and the attempts that outlive it."""

    def __init__(self, settings):
        self.settings, self.slots, self.attempts, self.changed = settings, settings.slots, {}, threading.Condition()
        self.outgoing = queue.SimpleQueue()  # of the last stream that was welcomed
        self.metadata = [("authorization", f"Bearer {settings.token}")] if settings.token else []
        options = {"grpc.keepalive_time_ms": 10_000, "grpc.keepalive_timeout_ms": 5_000, "grpc.max_reconnect_backoff_ms": 1_000}
        options["grpc.http2.bdp_probe"] = 0  # Windows stay as they are: a gateway under Bun loses count of those that grow.
        self.stub = WorkerServiceStub(grpc.insecure_channel(settings.gateway, list(options.items())))

    def run(self):
        """Opens the stream until it is drained, or was refused too often. Returns the exit status."""
        refusals, pause = 0, 0.1
        while refusals < self.settings.max_refusals and (self.slots or self.attempts):
            time.sleep(random.uniform(0, pause) if not refusals else random.uniform(0.5, 1) * self.settings.refused_seconds)
            held = [pb.HeldAttempt(attempt_token=a.token, acknowledged_sequence=a.acknowledged) for a in self.attempts.values()]
            outgoing = queue.SimpleQueue()
            outgoing.put(pb.WorkerMessage(hello=pb.Hello(protocol_version=1, held=held, **self.settings.worker)))
            stream = self.stub.Work(iter(outgoing.get, None), metadata=self.metadata)
            with suppress(grpc.RpcError):
                for message in stream:
                    with self.changed:
                        kind = message.WhichOneof("message")
                        self.receive(kind, getattr(message, kind or "welcome"), stream, outgoing)
                        self.changed.notify_all()
            outgoing.put(None)
            welcomed = self.outgoing is outgoing
            refusals = 0 if welcomed or stream.code().name in BROKEN else refusals + 1
            pause = 0.1 if welcomed else min(2 * pause, 5)
        return 1 if refusals else 0

    def receive(self, kind, content, stream, outgoing):
        attempt = self.attempts.get(getattr(content, "attempt_token", None))
        if kind == "welcome":
            self.welcome, self.outgoing = content, outgoing
            credit = pb.WorkerMessage(credit=pb.Credit(total_slots=self.slots))
            outgoing.put(credit if self.slots else pb.WorkerMessage(draining=pb.Draining()))
            valid = {verdict.attempt_token: verdict.acknowledged_sequence for verdict in content.held if verdict.valid}
            for token in list(self.attempts):  # a verdict is as good as EventAck or Fenced
                verdict = pb.EventAck(attempt_token=token, sequence=valid.get(token, 0))
                self.receive("event_ack" if token in valid else "fenced", verdict, stream, outgoing)
            for attempt in self.attempts.values():
                for message in attempt.kept.values():
                    outgoing.put(message)
            threading.Thread(target=self.beat, args=[stream, content]).start()
        elif kind == "assign" and not attempt and content.job_type in bare_job.JOB_TYPES and len(self.attempts) < self.slots:
            attempt = self.attempts[content.attempt_token] = Attempt(self, content)
            outgoing.put(pb.WorkerMessage(accept=pb.Accept(attempt_token=attempt.token)))
            threading.Thread(target=lambda: attempt.end(bare_job.do_job(attempt))).start()
        elif attempt and kind == "event_ack":
            attempt.acknowledged = content.sequence
            attempt.kept = {number: message for number, message in attempt.kept.items() if number > content.sequence}
        elif attempt and kind == "cancel":
            attempt.stopped = CANCELLED.get(content.reason, "aborted")
            threading.Timer(content.grace_ms / 1000, attempt.end, [pb.Cancelled()]).start()
        elif attempt and kind in ("ended", "fenced"):
            attempt.stopped, attempt.over = attempt.stopped or "fenced", True
            del self.attempts[attempt.token]

    def beat(self, stream, welcome):
        """Heartbeats while the stream stands. With no other one within the lease, somebody else may run our jobs by now."""
        while stream.is_active():
            self.outgoing.put(pb.WorkerMessage(heartbeat=pb.Heartbeat(attempt_tokens=list(self.attempts))))
            time.sleep(welcome.heartbeat_ms / 1000)
        with self.changed:
            if not self.changed.wait_for(lambda: self.welcome is not welcome, (welcome.lease_ms - welcome.heartbeat_ms) / 1000):
                for attempt in self.attempts.values():
                    attempt.stopped = attempt.stopped or "lease_lost"

    def drain(self):
        """No new jobs. Those that run have their time, then are told to stop, then are given back."""
        with self.changed:
            self.slots = 0
            self.outgoing.put(pb.WorkerMessage(draining=pb.Draining()))
            self.changed.wait_for(lambda: not self.attempts, self.settings.drain_seconds)
            for attempt in self.attempts.values():
                attempt.stopped = attempt.stopped or "draining"
                threading.Timer(3, attempt.end, [pb.Release(reason="draining")]).start()
            self.changed.wait_for(lambda: not self.attempts, 4)
            self.outgoing.put(None)  # The stream's end ends run(), unless there is none.
        time.sleep(1)
        os._exit(0)


worker = Worker(bare_job.settings())
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=worker.drain).start())
os._exit(worker.run())
