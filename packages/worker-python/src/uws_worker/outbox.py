"""What an attempt has to say, in order, until the server has it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ._generated.worker_pb2 import Checkpoint, Event, LogLine, Progress, Result, WorkerMessage

Send = Callable[[WorkerMessage], None]


@dataclass(frozen=True)
class OutboxLimits:
    """Events and bytes that may wait for their acknowledgement, and seconds between progress or checkpoints."""

    max_events: int = 1_000
    max_bytes: int = 8 * 1024 * 1024
    min_interval: float = 0.1


@dataclass(frozen=True)
class _Unacknowledged:
    sequence: int
    message: WorkerMessage
    size: int
    acknowledged: asyncio.Future[None] | None


class Outbox:
    """Keeps the events of one attempt. All of it belongs to the event loop's thread.

    An event gets its sequence number (from 1, without gaps) when it is put in the list of the unacknowledged; from then
    on it is sent on each new stream until it is acknowledged. Logs and results get theirs at once. Progress and
    checkpoints, of which only the newest counts, wait without a number while there is no stream, no room, or the last
    ones were sent a moment ago: that is how they are coalesced without leaving gaps.

     attached   there is a stream: numbered events are sent
     detached   there is none (or the lease is in doubt): they are kept
     finished   the last message (Complete, Fail, Cancelled, Release) is kept too; nothing more is recorded
     closed     nothing is kept or sent any more

    The list is limited. Beyond the limit results wait for room, and so does whoever logs with `log_when_there_is_room`;
    `log`, which cannot wait, drops the line and counts it.
    """

    def __init__(self, token: str, limits: OutboxLimits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._token = token
        self._limits = limits or OutboxLimits()
        self._now = now
        self._send: Send | None = None
        self._entries: deque[_Unacknowledged] = deque()
        self._bytes = 0
        self._last_sequence = 0
        self._acknowledged = 0
        self._progress: Progress | None = None
        self._checkpoint: bytes | None = None
        self._latest_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._dropped_logs = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._recording = True
        self._final: WorkerMessage | None = None

    @property
    def acknowledged(self) -> int:
        """The last sequence number that the server acknowledged."""
        return self._acknowledged

    def progress(self, progress: Progress) -> None:
        """The newest replaces one that has not been sent."""
        if self._recording:
            self._progress = progress
            self._send_latest()

    def checkpoint(self, state: bytes) -> None:
        """The newest replaces one that has not been sent."""
        if self._recording:
            self._checkpoint = state
            self._send_latest()

    def log(self, line: LogLine) -> None:
        """Records a line, or drops it when there is no room."""
        if not self._recording:
            return
        if self._full:
            self._dropped_logs += 1
        else:
            self._append(Event(log=line), len(line.message))

    async def log_when_there_is_room(self, line: LogLine) -> None:
        """Records a line; returns when it has been recorded."""
        await self._room()
        self.log(line)

    async def result(self, result: Result) -> None:
        """Returns when the server has the result; never if it never will, so the caller watches for interruption."""
        await self._room()
        acknowledged = asyncio.get_running_loop().create_future()
        if self._recording:
            self._append(Event(result=result), len(result.inline), acknowledged)
        await acknowledged

    def finish(self, build: Callable[[int], WorkerMessage]) -> None:
        """Records the attempt's last message, which is built from the sequence number of its last event."""
        if not self._recording:
            return
        self._stop_timer()
        self._report_dropped_logs()
        self._append_latest()
        self._recording = False
        self._final = build(self._last_sequence)
        if self._send:
            self._send(self._final)

    def attach(self, send: Send, acknowledged: int) -> None:
        """A stream is there: what the server does not have is sent, now and from now on."""
        self._send = None
        self.acknowledge(acknowledged)
        self._send = send
        for entry in self._entries:
            send(entry.message)
        if self._final:
            send(self._final)
        self._send_latest()

    def detach(self) -> None:
        """The stream is gone."""
        self._send = None
        self._stop_timer()

    def acknowledge(self, sequence: int) -> None:
        """The server has everything up to this number."""
        if sequence <= self._acknowledged:
            return
        self._acknowledged = min(sequence, self._last_sequence)
        while self._entries and self._entries[0].sequence <= sequence:
            entry = self._entries.popleft()
            self._bytes -= entry.size
            if entry.acknowledged and not entry.acknowledged.done():
                entry.acknowledged.set_result(None)
        if not self._recording or self._full:
            return
        self._report_dropped_logs()
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
        self._send_latest()

    def close(self) -> None:
        """Keeps nothing, and sends nothing any more."""
        self.detach()
        self._recording = False
        self._entries.clear()
        self._waiting.clear()
        self._final = self._progress = self._checkpoint = None

    @property
    def _full(self) -> bool:
        return len(self._entries) >= self._limits.max_events or self._bytes >= self._limits.max_bytes

    async def _room(self) -> None:
        while self._recording and self._full:
            room: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(room)
            await room

    def _append(self, event: Event, size: int, acknowledged: asyncio.Future[None] | None = None) -> None:
        self._last_sequence += 1
        event.attempt_token = self._token
        event.sequence = self._last_sequence
        message = WorkerMessage(event=event)
        self._entries.append(_Unacknowledged(self._last_sequence, message, size, acknowledged))
        self._bytes += size
        if self._send:
            self._send(message)

    def _append_latest(self) -> None:
        progress, state = self._progress, self._checkpoint
        self._progress = self._checkpoint = None
        # The checkpoint first: who sees the progress may count on the state.
        if state is not None:
            self._append(Event(checkpoint=Checkpoint(state=state)), len(state))
        if progress is not None:
            self._append(Event(progress=progress), len(progress.message))

    def _send_latest(self) -> None:
        if not self._recording or not self._send or self._full:
            return
        if self._progress is None and self._checkpoint is None:
            return
        wait = self._latest_at + self._limits.min_interval - self._now()
        if wait <= 0:
            self._stop_timer()
            self._latest_at = self._now()
            self._append_latest()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._send_latest()

    def _report_dropped_logs(self) -> None:
        if self._dropped_logs == 0:
            return
        message = f"{self._dropped_logs} log lines were dropped: the server did not take them fast enough"
        self._dropped_logs = 0
        self._append(Event(log=LogLine(level=LogLine.WARN, message=message)), len(message))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
