"""The worker's side of the control stream: one stream at a time, for as long as the worker lives."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from grpc import StatusCode

from ._generated.worker_pb2 import (
    Accept,
    Assign,
    Credit,
    Draining,
    Heartbeat,
    HeldAttempt,
    Hello,
    ServerMessage,
    Welcome,
    WorkerMessage,
)
from .attempt import Attempt
from .backoff import Backoff
from .connection import Connection
from .failures import CancelReason
from .grpc_status import is_refusal
from .lease_watch import LeaseWatch
from .runner import Runner
from .session_limits import SessionLimits
from .stream import Stream
from .transfers import Transfers

_GREETING_TIMEOUT = 15.0
"""Seconds. A server that has accepted the stream but says no Welcome for this long is tried again."""
_GOOD_STREAM = 5.0
"""Seconds. A stream that lived this long was a good one: the next reconnection is quick again."""
_CLOSING_TIMEOUT = 0.5
"""Seconds for what is written to be taken by the network."""

logger = logging.getLogger("uws_worker")


class WorkerRefused(Exception):
    """The server refused the worker's Hello: its token, its job types, its protocol version."""

    def __init__(self, code: StatusCode, details: str) -> None:
        super().__init__(f"the gateway refused this worker: {details} ({code.name})")
        self.code = code


@dataclass(frozen=True)
class SessionOptions:
    """refused_delay: seconds between tries after a refusal, at most; half of it at least. max_refusals in a row are final."""

    hello: Hello
    runners: Mapping[str, Runner]
    slots: int
    refused_delay: float
    max_refusals: int


class Session:
    """Its states:

     waiting    there is no stream; the backoff runs
                → greeting  its time has come
     greeting   a stream was opened and Hello sent; nothing else may be sent yet
                → open      Welcome: attempts still valid are attached and send what the server lacks, the others end
                → waiting   the stream ended, or Welcome did not come in time
     open       heartbeats, credits, assignments, events
                → waiting   the stream ended, whoever ended it; attempts go on, detached
                → waiting   the lease ran out all the same (this process was frozen): only a new Hello tells what we hold
     any        → closed    close()

    A refused Hello waits for half a minute instead of the backoff, since it seldom heals by itself but an operator may
    mend it meanwhile; ten in a row are final. Draining is no state of its own: it is said again on each new stream.
    """

    def __init__(self, connection: Connection, transfers: Transfers, options: SessionOptions) -> None:
        self._connection = connection
        self._transfers = transfers
        self._options = options
        self._attempts: dict[str, Attempt] = {}
        self._lease = LeaseWatch()
        self._backoff = Backoff()
        self._limits = SessionLimits()
        self._state = "waiting"
        self._stream: Stream | None = None
        self._opened_at = 0.0
        self._draining = False
        self._refusals = 0
        self._trouble: str | None = None
        self._heartbeat_timer: asyncio.TimerHandle | None = None
        self._lease_timer: asyncio.TimerHandle | None = None
        self._greeting_timer: asyncio.TimerHandle | None = None
        self._closed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done with the first Welcome; WorkerRefused when the first answer was a refusal."""

    @property
    def is_open(self) -> bool:
        """There is a stream, and the server has welcomed us."""
        return self._state == "open"

    async def run(self) -> None:
        """Connects, again and again, until close(). Raises WorkerRefused."""
        while self._state != "closed":
            stream = self._greet()
            code, details = await stream.receive_all(self._receiver(stream))
            if self._stream is not stream:
                return
            delay = self._broken(code, details)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), delay)

    def drain(self) -> None:
        """Takes no new jobs from now on."""
        self._draining = True
        if self._state == "open":
            self._send_credit()

    async def idle(self, timeout: float) -> bool:
        """True when no attempt is held, False when so many seconds have passed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout)
        return not self._attempts

    def interrupt(self, reason: CancelReason) -> None:
        """Asks every handler to end."""
        for attempt in self._attempts.values():
            attempt.interrupt(reason)

    def give_back(self, reason: str) -> None:
        """Gives every job back that has not ended."""
        for attempt in self._attempts.values():
            attempt.give_back(reason)

    async def close(self) -> None:
        """Ends the stream, and forgets every attempt."""
        stream, was_open = self._stream, self._state == "open"
        self._state = "closed"
        self._closed.set()
        self._stream = None
        self._stop_timers()
        if self._lease_timer:
            self._lease_timer.cancel()
        for attempt in list(self._attempts.values()):
            self._forget(attempt)
            attempt.fence()
        self.ready.cancel()
        if stream:
            if was_open:
                await stream.close(_CLOSING_TIMEOUT)
            stream.abandon()

    def _greet(self) -> Stream:
        self._state = "greeting"
        stream = Stream(self._connection.work())
        self._stream = stream
        self._greeting_timer = asyncio.get_running_loop().call_later(_GREETING_TIMEOUT, self._no_answer, stream)
        hello = Hello()
        hello.CopyFrom(self._options.hello)
        hello.held.extend(
            HeldAttempt(attempt_token=attempt.token, acknowledged_sequence=attempt.acknowledged)
            for attempt in self._attempts.values()
        )
        stream.send(WorkerMessage(hello=hello))
        return stream

    def _no_answer(self, stream: Stream) -> None:
        logger.warning("no answer from the gateway at %s, trying again", self._connection.address)
        stream.abandon()

    def _receiver(self, stream: Stream) -> Callable[[ServerMessage], None]:
        def receive(message: ServerMessage) -> None:
            if self._stream is stream:
                self._receive(message)

        return receive

    def _receive(self, message: ServerMessage) -> None:
        self._lease.contact()
        kind = message.WhichOneof("message")
        if kind == "welcome":
            self._welcomed(message.welcome)
        elif kind == "assign":
            self._assigned(message.assign)
        elif kind == "event_ack":
            if attempt := self._attempts.get(message.event_ack.attempt_token):
                attempt.acknowledge(message.event_ack.sequence)
        elif kind == "ended":
            if attempt := self._attempts.get(message.ended.attempt_token):
                logger.debug("job %s: ended", attempt.job_id)
                attempt.ended()
                self._forget(attempt)
        elif kind == "cancel":
            if attempt := self._attempts.get(message.cancel.attempt_token):
                attempt.cancel(message.cancel.reason, message.cancel.grace_ms / 1000)
        elif kind == "fenced":
            self._fenced(message.fenced.attempt_token)
        elif kind == "drain":
            logger.info("the gateway is about to stop; jobs go on")
        elif kind == "paused":
            paused = "paused" if message.paused.paused else "no longer paused"
            logger.info("job type %s is %s", message.paused.job_type, paused)
        # Anything else is of a newer protocol, and not needed by this worker.

    def _welcomed(self, welcome: Welcome) -> None:
        if self._state != "greeting":
            return
        self._stop_timers()
        self._state = "open"
        self._opened_at = time.monotonic()
        self._refusals = 0
        self._trouble = None
        self._limits = SessionLimits.of(welcome)
        logger.info("connected to %s", self._connection.address, extra={"session": welcome.session_id})
        verdicts = {verdict.attempt_token: verdict for verdict in welcome.held}
        for attempt in list(self._attempts.values()):
            verdict = verdicts.get(attempt.token)
            if verdict and verdict.valid:
                attempt.attach(self._send, verdict.acknowledged_sequence)
                attempt.begin()
            else:
                self._fenced(attempt.token)
        self._send_credit()
        self._heartbeat_later()
        self._watch_lease()
        if not self.ready.done():
            self.ready.set_result(None)

    def _assigned(self, assign: Assign) -> None:
        # Sent twice, it is still one attempt.
        if self._state != "open" or assign.attempt_token in self._attempts or self._stream is None:
            return
        runner = self._options.runners.get(assign.job_type)
        if runner is None:
            # Not accepted, it goes back to the queue: another worker may know the type.
            logger.error("assigned a job of type %s, which this worker does not run", assign.job_type)
            return
        if len(self._attempts) >= self._options.slots:
            # Not accepted, it goes back to the queue without having spent an attempt. To hold it would cost its time.
            logger.error("assigned more jobs than this worker has slots (%s)", self._options.slots)
            return
        attempt = Attempt(assign, runner, self._transfers, lambda: self._limits)
        self._attempts[attempt.token] = attempt
        self._idle.clear()
        self._stream.send(WorkerMessage(accept=Accept(attempt_token=attempt.token)), attempt.begin)
        attempt.attach(self._send, 0)
        # The watch sleeps for the session's lease at most.
        if 0 < attempt.lease < self._limits.lease:
            self._watch_lease()
        logger.debug("job %s, attempt %s: accepted", attempt.job_id, assign.attempt)

    def _fenced(self, token: str) -> None:
        attempt = self._attempts.get(token)
        if attempt is None:
            return
        logger.warning("job %s: this attempt is no longer valid, nothing more is reported for it", attempt.job_id)
        self._forget(attempt)
        attempt.fence()

    def _forget(self, attempt: Attempt) -> None:
        self._attempts.pop(attempt.token, None)
        if not self._attempts:
            self._idle.set()

    def _send_credit(self) -> None:
        if self._draining:
            self._send(WorkerMessage(draining=Draining()))
        self._send(WorkerMessage(credit=Credit(total_slots=0 if self._draining else self._options.slots)))

    def _send(self, message: WorkerMessage) -> None:
        if self._stream:
            self._stream.send(message)

    def _heartbeat_later(self) -> None:
        self._heartbeat_timer = asyncio.get_running_loop().call_later(self._limits.heartbeat, self._heartbeat)

    def _heartbeat(self) -> None:
        self._heartbeat_later()
        # A process that was frozen finds both timers due; the lease is looked at first.
        if not self._check_lease() and self._stream:
            heartbeat = Heartbeat(attempt_tokens=list(self._attempts))
            self._stream.send(WorkerMessage(heartbeat=heartbeat), self._lease.contact)

    def _watch_lease(self) -> None:
        if self._lease_timer:
            self._lease_timer.cancel()
        if self._state == "closed":
            return
        self._check_lease()
        _, soonest = self._lease.check(self._attempts.values(), self._limits.lease)
        self._lease_timer = asyncio.get_running_loop().call_later(soonest, self._watch_lease)

    def _check_lease(self) -> bool:
        """True if a lease was lost."""
        lost, _ = self._lease.check(self._attempts.values(), self._limits.lease)
        for attempt in lost:
            logger.warning("job %s: no contact with the gateway for the length of its lease, stopping it", attempt.job_id)
            attempt.lose_lease()
        if lost and self._state == "open" and self._stream:
            self._stream.abandon()
        return bool(lost)

    def _broken(self, code: StatusCode, details: str) -> float:
        """Seconds until the next try. Raises WorkerRefused when there is to be none."""
        was_open = self._state == "open"
        if was_open and time.monotonic() - self._opened_at >= _GOOD_STREAM:
            self._backoff.reset()
        self._stream = None
        self._state = "waiting"
        self._stop_timers()
        for attempt in self._attempts.values():
            attempt.detach()
        if not was_open and is_refusal(code):
            return self._refused(WorkerRefused(code, details))
        delay = self._backoff.next()
        if was_open:
            logger.info("the stream to the gateway ended (%s: %s)", code.name, details)
        else:
            self._complain(f"no connection to the gateway at {self._connection.address}: {details} ({code.name})")
        return delay

    def _complain(self, trouble: str) -> None:
        """Says once what keeps us from connecting, until something else does."""
        if trouble != self._trouble:
            logger.warning("%s; it is tried again and again", trouble)
        self._trouble = trouble

    def _refused(self, refused: WorkerRefused) -> float:
        self._refusals += 1
        if not self.ready.done():
            self.ready.set_exception(refused)
            # Whoever does not ask need not be told by a warning.
            self.ready.exception()
        most = self._options.max_refusals
        if self._refusals >= most:
            logger.error("%s; refused %s times, giving up", refused, self._refusals)
            raise refused
        delay = self._options.refused_delay * random.uniform(0.5, 1)
        logger.error("%s; trying again in %.0f s (%s of %s)", refused, delay, self._refusals, most)
        return delay

    def _stop_timers(self) -> None:
        for timer in (self._heartbeat_timer, self._greeting_timer):
            if timer:
                timer.cancel()
        self._heartbeat_timer = self._greeting_timer = None
