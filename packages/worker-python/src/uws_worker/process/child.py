"""The process of one job, seen from inside: the handler has the main thread, the channel to the worker another one."""

import asyncio
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, cast

from .._generated.worker_pb2 import Complete, WorkerMessage
from ..failures import CancelReason, JobReleased, failure_of
from ..interruption import Interruption
from ..job import Job
from ..job_log import current_log
from ..job_type import SyncHandler
from ..outbox import Outbox
from ..runner import Resources, job_of
from ..transfers import GatewayTransfers
from .frames import HEADER, Kind, frame, parse_header
from .group import kill_group
from .messages import Outcome, Start
from .program import VARIABLE, handler_of

_OOM_SCORE = 500
"""Added to the worker's own, see proc(5)."""


def main(hearing: int, saying: int) -> None:
    """Runs the job that the worker names, and ends. The numbers are of the sockets on which the worker is heard, and told."""
    os.environ[VARIABLE] = str(os.getpid())
    # A supervisor may send it to all of a service: the worker drains, and the job goes on. A function, not SIG_IGN, which the
    # programs that the handler starts would inherit.
    signal.signal(signal.SIGTERM, lambda *_: None)
    _offer_to_the_kernel()
    channels = socket.socket(fileno=hearing), socket.socket(fileno=saying)
    for channel in channels:
        # Not for the processes that the handler starts.
        channel.set_inheritable(False)
    kind, payload = _read_frame(channels[0])
    if kind is not Kind.START:
        raise SystemExit(f"a job begins with START, not with {kind.name}")
    start = Start.decode(payload)
    sys.path[:] = start.path
    for channel in channels:
        channel.setblocking(False)
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="channels to the worker", daemon=True).start()
    conversation = _call(loop, _begin(*channels, start))
    outcome = Outcome.of(_run(start, conversation, loop))
    _call(loop, conversation.end(outcome))


def _offer_to_the_kernel() -> None:
    """Short of memory, it takes a job before its worker."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "r+") as file:
        score = min(1000, int(file.read()) + _OOM_SCORE)
        file.seek(0)
        file.write(str(score))


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Conversation:
    """Events go out as the outbox makes them; acknowledgements and an interruption come in."""

    def __init__(self, start: Start, hearing: Streams, saying: Streams) -> None:
        self.interruption = Interruption()
        self.outbox = Outbox(start.assign.attempt_token)
        # Half of each is not used, but asyncio closes the whole when it is collected.
        self._streams = hearing, saying
        self._reader, self._writer = hearing[0], saying[1]
        self.outbox.attach(self._send_event, 0)
        self._listening = asyncio.ensure_future(self._listen())

    async def end(self, outcome: Outcome) -> None:
        """Says what is left, and how it ended; returns when the worker can read it."""
        self.outbox.finish(lambda last: WorkerMessage(complete=Complete(last_sequence=last)))
        self._writer.write(frame(Kind.OUTCOME, outcome.encode()))
        await self._writer.drain()
        self._listening.cancel()
        self._writer.close()
        await self._writer.wait_closed()

    def _send_event(self, message: WorkerMessage) -> None:
        # The last message is the worker's own; it is told the outcome instead.
        if message.HasField("event"):
            self._writer.write(frame(Kind.EVENT, message.event.SerializeToString()))

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length, kind = parse_header(await self._reader.readexactly(HEADER.size))
                payload = await self._reader.readexactly(length)
                if kind is Kind.ACKNOWLEDGED:
                    self.outbox.acknowledge(struct.unpack(">Q", payload)[0])
                elif kind is Kind.INTERRUPTED:
                    self.interruption.set(cast(CancelReason, payload.decode()))
        # The worker is gone. Its guard kills the group as well, but needs a shell.
        kill_group(os.getpid())


async def _begin(hearing: socket.socket, saying: socket.socket, start: Start) -> Conversation:
    return Conversation(start, await asyncio.open_connection(sock=hearing), await asyncio.open_connection(sock=saying))


def _run(start: Start, conversation: Conversation, loop: asyncio.AbstractEventLoop) -> BaseException | None:
    """What the handler raised. SystemExit ends the process, as the handler wanted: a crash."""
    resources = Resources(
        conversation.interruption, conversation.outbox, GatewayTransfers(start.connection), lambda: start.limits
    )

    async def make() -> Job:
        return Job(job_of(start.assign, resources), loop)

    job = _call(loop, make())
    current_log.set(job.log)
    try:
        handler = cast(SyncHandler, handler_of(start.handler))
        handler(job)
        return None
    except JobReleased as released:
        return released
    except Exception as error:
        return failure_of(error)


def _call(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> Any:
    future: Future[Any] = asyncio.run_coroutine_threadsafe(work, loop)
    return future.result()


def _read_frame(channel: socket.socket) -> tuple[Kind, bytes]:
    length, kind = parse_header(_read(channel, HEADER.size))
    return kind, _read(channel, length)


def _read(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        more = channel.recv(min(count - len(data), 1024 * 1024))
        if not more:
            raise SystemExit("the worker has gone before the job began")
        data += more
    return bytes(data)
