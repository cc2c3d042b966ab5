"""The process of one job, seen from the worker."""

import asyncio
import logging
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .._generated.worker_pb2 import Assign, Event
from ..connection_options import ConnectionOptions
from ..failures import JobFailure, JobInterrupted
from ..job_type import JobType
from ..runner import Resources, Run, Runner
from .acknowledgements import Acknowledgements
from .crash import crash_of
from .frames import HEADER, Kind, frame, parse_header
from .group import GroupGuard, group_gone, kill_group
from .messages import Outcome, Start
from .output import Tail, hand_on
from .program import VARIABLE, reference_of
from .slots import ProcessSlots

_LEAVING = 2.0
"""Seconds for a process to end after its handler has: `atexit` functions, temporary files."""
_LAST_WORDS = 1.0
"""Seconds for the last output of a process that has ended, which a process that left its group may hold open."""
_HEARING = 30.0
"""Seconds to read what the process has said, which takes long while the server has no room for log lines."""
_PROGRAM = Path(__file__).parent.parent / "job_main.py"

logger = logging.getLogger("uws_worker")


@dataclass(frozen=True)
class ProcessHost:
    """What the worker lends to the processes of its jobs."""

    connection: ConnectionOptions
    slots: ProcessSlots


def in_own_process(declaration: JobType, host: ProcessHost) -> Runner:
    """Runs each job in a process of its own."""

    def run(assign: Assign, resources: Resources) -> Run:
        process = JobProcess(declaration, host, assign, resources)
        return Run(process.settled(), process.kill)

    return run


class JobProcess:
    """Its life:

    waiting   for a slot: an earlier process is still going
    running   leader of a group of its own, with a guard that ends the group with the worker; its events go into the
              attempt's outbox, an interruption is handed on
              → leaving   the handler ended, and it said how
              → gone      it ended without a word: a crash, or kill()
    leaving   → gone      it ended; after a while it is killed
    gone      the process and its output have ended, and its group was killed: nothing that the job started is left, but for
              what has left the group
    """

    def __init__(self, declaration: JobType, host: ProcessHost, assign: Assign, resources: Resources) -> None:
        self._declaration = declaration
        self._host = host
        self._assign = assign
        self._resources = resources
        self._begun = time.monotonic()
        self._tail = Tail()
        self._acknowledgements = Acknowledgements()
        self._popen: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._outcome: Outcome | None = None
        self._killed = False
        self._exited = False
        self._heard = asyncio.Event()
        self._results: set[asyncio.Task[None]] = set()

    async def settled(self) -> None:
        """Returns or raises as the handler did, when the process is gone."""
        work = asyncio.ensure_future(self._host.slots.run(self, self._run))
        # One that waits for a slot when it is interrupted never begins.

        def interrupted() -> None:
            if self._popen is None:
                work.cancel()

        self._resources.interruption.listen(interrupted)
        await asyncio.wait({work})
        if work.cancelled():
            self._resources.interruption.check()
        await work

    def kill(self) -> None:
        """Ends the process with everything that it started."""
        self._killed = True
        if self._popen and not self._exited:
            kill_group(self._popen.pid)

    async def _run(self) -> None:
        # One for each direction: what it has said can be read to its end even when it could no longer be told anything.
        heard, its_mouth = socket.socketpair()
        told, its_ear = socket.socketpair()
        loop = asyncio.get_running_loop()
        exited: asyncio.Future[int] = loop.create_future()
        with its_mouth, its_ear:
            popen = self._popen = self._start_process(its_ear, its_mouth)
        threading.Thread(target=_wait, args=(popen, loop, exited), name=f"process {popen.pid}", daemon=True).start()
        guard: GroupGuard | None = None
        said = asyncio.ensure_future(self._listen(heard, told, popen))
        try:
            try:
                guard = GroupGuard(popen.pid)
            except OSError as error:
                logger.warning("without /bin/sh a busy job may outlive its worker: %s", error)
            if self._killed:
                kill_group(popen.pid)
            status = await exited
            self._exited = True
            # What it started and left behind.
            kill_group(popen.pid)
            await group_gone(popen.pid)
            await self._heard_all()
            await asyncio.wait({said}, timeout=_LAST_WORDS)
        finally:
            said.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await said
            for task in self._results:
                task.cancel()
            if guard:
                await guard.end()
        self._conclude(status)

    async def _heard_all(self) -> None:
        """The channel has been read to its end: what the process said is in it, but we may be late to read it."""
        if self._killed:
            return
        heard = asyncio.ensure_future(self._heard.wait())
        interrupted = asyncio.ensure_future(self._resources.interruption.wait())
        await asyncio.wait({heard, interrupted}, timeout=_HEARING, return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        interrupted.cancel()

    def _start_process(self, *channels: socket.socket) -> "subprocess.Popen[bytes]":
        numbers = [channel.fileno() for channel in channels]
        try:
            return subprocess.Popen(
                [sys.executable, str(_PROGRAM), *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=numbers,
                # A group of its own, to be killed as one, and not reached by a Ctrl-C that is meant for the worker.
                start_new_session=True,
                env={**os.environ, VARIABLE: "1"},
            )
        except OSError as error:
            # There was no room for a process: elsewhere or later there may be.
            raise JobFailure(
                "the job's process could not be started", kind="transient", retryable=True, detail=str(error)
            ) from error

    async def _listen(self, heard: socket.socket, told: socket.socket, popen: "subprocess.Popen[bytes]") -> None:
        """Returns when everything that the process has said has been heard."""
        assert popen.stdout and popen.stderr
        job_id = self._assign.job_id
        outputs = [
            asyncio.ensure_future(hand_on(popen.stdout, job_id, logging.INFO, None)),
            asyncio.ensure_future(hand_on(popen.stderr, job_id, logging.WARNING, self._tail)),
        ]
        reader, unused_writer = await asyncio.open_connection(sock=heard)
        # Kept, since asyncio closes the whole when a half of it is collected.
        unused_reader, self._writer = await asyncio.open_connection(sock=told)
        try:
            self._send(Kind.START, self._start().encode())
            self._resources.interruption.listen(self._interrupt)
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    length, kind = parse_header(await reader.readexactly(HEADER.size))
                    await self._hear(kind, await reader.readexactly(length))
            self._heard.set()
            await asyncio.gather(*outputs)
        finally:
            self._writer.close()
            unused_writer.close()
            del unused_reader
            for output in outputs:
                output.cancel()

    async def _hear(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.OUTCOME:
            self._outcome = Outcome.decode(payload)
            asyncio.get_running_loop().call_later(_LEAVING, self._leave)
        elif kind is Kind.EVENT:
            await self._event(Event.FromString(payload))

    async def _event(self, event: Event) -> None:
        outbox = self._resources.outbox
        self._acknowledgements.begin(event.sequence)
        what = event.WhichOneof("event")
        if what == "result":
            task = asyncio.ensure_future(self._result(event))
            self._results.add(task)
            task.add_done_callback(self._results.discard)
            return
        if what == "progress":
            outbox.progress(event.progress)
        elif what == "log":
            # Whoever logs faster than the server takes it waits: we read no further.
            await outbox.log_when_there_is_room(event.log)
        elif what == "checkpoint":
            outbox.checkpoint(event.checkpoint.state)
        self._taken(event.sequence)

    async def _result(self, event: Event) -> None:
        await self._resources.outbox.result(event.result)
        self._taken(event.sequence)

    def _taken(self, sequence: int) -> None:
        self._send(Kind.ACKNOWLEDGED, struct.pack(">Q", self._acknowledgements.done(sequence)))

    def _start(self) -> Start:
        assign = Assign()
        assign.CopyFrom(self._assign)
        if assign.time_allowed_ms:
            # The server's clock runs since it gave the job away, not since its process is there.
            passed = round((time.monotonic() - self._begun) * 1000)
            assign.time_allowed_ms = max(1, assign.time_allowed_ms - passed)
        handler = reference_of(self._declaration.handler)
        return Start(handler, assign, self._resources.limits(), self._host.connection, sys.path)

    def _interrupt(self) -> None:
        reason = self._resources.interruption.reason
        assert reason is not None
        self._send(Kind.INTERRUPTED, reason.encode())

    def _send(self, kind: Kind, payload: bytes) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(frame(kind, payload))

    def _leave(self) -> None:
        if not self._exited:
            self.kill()

    def _conclude(self, status: int) -> None:
        if self._outcome is not None:
            return self._outcome.raise_again()
        if self._killed:
            reason = self._resources.interruption.reason
            raise JobInterrupted(reason) if reason else JobFailure("the job's process was killed")
        raise crash_of(status, self._tail.text(), self._declaration.retry_crashes)


def _wait(popen: "subprocess.Popen[bytes]", loop: asyncio.AbstractEventLoop, exited: "asyncio.Future[int]") -> None:
    status = popen.wait()

    def tell() -> None:
        if not exited.done():
            exited.set_result(status)

    with suppress(RuntimeError):
        loop.call_soon_threadsafe(tell)
