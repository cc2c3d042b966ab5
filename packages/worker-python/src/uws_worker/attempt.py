"""One attempt of one job, held from Assign until the server has answered its end."""

import asyncio
import logging
from collections.abc import Callable

from ._generated.worker_pb2 import Assign, Cancel, Cancelled, Complete, Fail, Release, WorkerMessage
from .failures import CancelReason, JobFailure, JobInterrupted, JobReleased, failure_of
from .interruption import Interruption
from .outbox import Outbox, Send
from .runner import Resources, Run, Runner
from .session_limits import SessionLimits, max_payload
from .shortened import shortened
from .transfers import Transfers

_MAX_FAILURE_MESSAGE = 4 * 1024
_MAX_FAILURE_DETAIL = 256 * 1024
_MAX_REASON = 1024
"""Bytes. What stands beside a reason or message, a checkpoint or a detail, may be as long as a message allows."""
_KILL_GRACE = 5.0
"""Seconds for a process to end by itself when the server has said nothing of a grace: fenced, lease lost, draining."""

_REASONS: dict[int, CancelReason] = {
    Cancel.ABORTED: "aborted",
    Cancel.TIMED_OUT: "timed_out",
    Cancel.DESTROYED: "destroyed",
}

logger = logging.getLogger("uws_worker")

Ending = Callable[[int], WorkerMessage]
"""Builds the attempt's last message from the sequence number of its last event."""


class Attempt:
    """Its phases, all changed on the event loop:

     assigned    Accept is on its way
                 → running      it has gone out, or a Welcome says that the token is valid: the handler begins. Not before:
                                a job that kills its process at once must cost an attempt, or it would come back for ever
     running     the handler works
                 → cancelling   Cancel
                 → ending       the handler settled: Complete, Fail or Release
                 → ending       the worker stops and gives the job back: Release (from assigned, too)
     cancelling  the handler is interrupted, and may tidy up
                 → ending       the handler settled in whatever way, or the grace passed: Cancelled
     ending      the last message is sent, on each new stream again
                 → over         Ended
     any         → over         Fenced, or a new stream's Welcome says that the token is not valid: nothing more is sent

    Beside the phase, the attempt is attached to a stream or not. It is detached when the stream breaks, and also when the
    lease ran out with no word from the server: then the handler is interrupted, because the job may be running elsewhere,
    and nothing is sent unless a Welcome says that the token is still valid. In that case a handler that gave up is no
    failure of the job's, and the job is given back.

    A handler in this process cannot be killed. Once its attempt is ending or over, what it still says is not heard. One
    in a process of its own is killed when it was interrupted and the grace has passed, and the attempt says that it has
    ended when that process is gone: no slot is free, and no job given back, while something of it still runs.
    """

    def __init__(self, assign: Assign, runner: Runner, transfers: Transfers, limits: Callable[[], SessionLimits]) -> None:
        self.token = assign.attempt_token
        self.job_id = assign.job_id
        self.lease = assign.lease_ms / 1000
        self.lease_lost = False
        self._assign = assign
        self._runner = runner
        self._outbox = Outbox(assign.attempt_token)
        self._interruption = Interruption()
        self._transfers = transfers
        self._limits = limits
        self._phase = "assigned"
        self._run: Run | None = None
        self._working: asyncio.Task[None] | None = None
        self._grace: asyncio.TimerHandle | None = None

    @property
    def acknowledged(self) -> int:
        """The last sequence number that the server acknowledged."""
        return self._outbox.acknowledged

    def begin(self) -> None:
        """The job is accepted: runs the handler, once. Whatever it does ends up as the attempt's last message."""
        if self._phase != "assigned":
            return
        self._phase = "running"
        self._working = asyncio.ensure_future(self._work())

    def attach(self, send: Send, acknowledged: int) -> None:
        """There is a stream on which the token is valid."""
        if self._phase == "over":
            return
        self.lease_lost = False
        self._outbox.attach(send, acknowledged)

    def detach(self) -> None:
        """The stream is gone."""
        self._outbox.detach()

    def acknowledge(self, sequence: int) -> None:
        """The server has every event up to this one."""
        self._outbox.acknowledge(sequence)

    def cancel(self, reason: int, grace: float) -> None:
        """The server wants it to end, within so many seconds."""
        if self._phase not in ("running", "assigned"):
            return
        begun = self._phase == "running"
        self._phase = "cancelling"
        self.interrupt(_REASONS.get(reason, "aborted"))
        if begun:
            self._after_grace(grace, lambda: self._end(None))
        else:
            self._settle(None)

    def interrupt(self, reason: CancelReason) -> None:
        """Asks the handler to end, for the worker's own reasons."""
        if self._interruption.reason is not None:
            return
        self._interruption.set(reason)
        self._kill_after_grace()

    def lose_lease(self) -> None:
        """Nothing was heard of the server for the length of the lease."""
        self.lease_lost = True
        self._outbox.detach()
        self.interrupt("lease_lost")

    def give_back(self, reason: str) -> None:
        """Gives the job back without waiting any longer for its handler."""
        self.interrupt("stopped")
        self._end(lambda _: WorkerMessage(release=Release(attempt_token=self.token, reason=reason)))

    def fence(self) -> None:
        """The token is not valid any more: stop, and say nothing."""
        self.ended()
        self.interrupt("fenced")
        # It may have been interrupted before, and its grace was dropped with the attempt.
        self._kill_after_grace()

    def ended(self) -> None:
        """The server has answered the end."""
        self._phase = "over"
        self._stop_grace()
        self._outbox.close()

    async def _work(self) -> None:
        try:
            self._run = self._runner(self._assign, Resources(self._interruption, self._outbox, self._transfers, self._limits))
            await self._run.settled
        except (Exception, JobReleased) as error:
            self._settle(self._ending_after(error))
        else:
            self._settle(lambda last: WorkerMessage(complete=Complete(attempt_token=self.token, last_sequence=last)))

    def _kill_after_grace(self) -> None:
        if self._run and self._run.kill:
            self._after_grace(_KILL_GRACE, self._run.kill)

    def _end(self, ending: Ending | None) -> None:
        """Without waiting any longer for the handler: at once if it cannot be killed, else when its process is gone."""
        if self._run and self._run.kill:
            self._run.kill()
        else:
            self._settle(ending)

    def _after_grace(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop_grace()
        self._grace = asyncio.get_running_loop().call_later(seconds, then)

    def _stop_grace(self) -> None:
        if self._grace:
            self._grace.cancel()
        self._grace = None

    def _settle(self, ending: Ending | None) -> None:
        if self._phase in ("ending", "over"):
            return
        if ending is None or self._phase == "cancelling":
            ending = self._cancelled
        self._phase = "ending"
        self._stop_grace()
        self._outbox.finish(ending)

    def _cancelled(self, _: int) -> WorkerMessage:
        return WorkerMessage(cancelled=Cancelled(attempt_token=self.token))

    def _ending_after(self, error: BaseException) -> Ending:
        if isinstance(error, JobReleased):
            reason = shortened(error.reason, _MAX_REASON)
            release = Release(attempt_token=self.token, reason=reason, checkpoint=error.checkpoint)
            return lambda _: WorkerMessage(release=release)
        if (interrupted := self._interruption.reason) is not None:
            # Not the job's doing: a handler that was told to stop says so in many ways.
            given_back = Release(attempt_token=self.token, reason=str(JobInterrupted(interrupted)))
            return lambda _: WorkerMessage(release=given_back)
        failure = failure_of(error)
        logger.info("job %s failed: %s", self.job_id, failure.message, extra={"job": self.job_id})
        return lambda last: WorkerMessage(fail=self._fail(failure, last))

    def _fail(self, failure: JobFailure, last_sequence: int) -> Fail:
        longest = max_payload(self._limits().max_message_bytes)
        message = shortened(failure.message, min(_MAX_FAILURE_MESSAGE, longest))
        detail = shortened(failure.detail or "", min(_MAX_FAILURE_DETAIL, longest - len(message.encode())))
        return Fail(
            attempt_token=self.token,
            kind=Fail.FATAL if failure.kind == "fatal" else Fail.TRANSIENT,
            message=message,
            detail=detail,
            retryable=failure.retryable,
            retry_delay_ms=max(0, round(failure.retry_delay * 1000)),
            last_sequence=last_sequence,
        )
