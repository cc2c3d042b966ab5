"""A worker: runs jobs of some types until it is drained or stopped."""

import asyncio
import logging
import os
import signal
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import cast

from ._generated.worker_pb2 import Hello
from .connection import Connection
from .connection_options import ConnectionOptions, TlsFiles, connection_options
from .job_type import AsyncHandler, Handler, JobType, SyncHandler, job_type
from .process.job_process import ProcessHost, in_own_process
from .process.program import in_job_process, leave_main, reference_of
from .process.slots import ProcessSlots
from .registry import declared
from .runner import Runner, in_thread, on_event_loop
from .session import Session, SessionOptions, WorkerRefused
from .transfers import GatewayTransfers
from .version import PROTOCOL_VERSION, SDK

_INTERRUPTED_GRACE = 3.0
"""Seconds for handlers to end once they were interrupted."""
_STOPPED_GRACE = 0.5
"""Seconds for handlers of a worker that stops at once: those that listen give the job back with a checkpoint."""
_GIVE_BACK_TIMEOUT = 1.0
"""Seconds for the server to answer that it has the jobs back."""
_SAME_INTERRUPT = 1.0
"""Seconds in which a SIGINT that comes again is the same Ctrl-C: a terminal tells every process of the group, and runners
hand it on once more."""

logger = logging.getLogger("uws_worker")


class Worker:
    """Connects in the background and goes on doing so until it is drained or stopped.

    jobs: handlers by job type; those that `@job` declared unless given.
    slots: how many jobs run at once.
    address: `https://host:port` of the gateway, `host:port` for plain text; else UWS_GATEWAY, else 127.0.0.1:50051.
    token: bearer token, else UWS_TOKEN; never sent in plain text but to a loopback address.
    tls: certificates, and TLS whatever the address says; else the files in UWS_CA, UWS_CERTIFICATE and UWS_KEY.
    instance_id: unique to this run; a second session with the same one replaces the first.
    descriptions: of jobs, as YAML or JSON text, to announce. The server's operator decides whether they are used.
    drain_timeout: seconds for which drain() waits for running jobs before it gives them back to the server. The default is
        below the 30 s that Kubernetes leaves: jobs given back spend no attempt, killed ones do.
    refused_delay, max_refusals: seconds between tries while the gateway refuses the worker, and how many it makes.

    Raises ValueError or TypeError for what cannot be right, before anything is connected.
    """

    def __init__(
        self,
        jobs: Mapping[str, Handler | JobType] | None = None,
        *,
        slots: int = 1,
        name: str | None = None,
        address: str | None = None,
        token: str | None = None,
        tls: TlsFiles | None = None,
        instance_id: str | None = None,
        labels: Mapping[str, str] | None = None,
        descriptions: Sequence[str] = (),
        drain_timeout: float = 25.0,
        refused_delay: float = 30.0,
        max_refusals: int = 10,
    ) -> None:
        types = {
            type: handler if isinstance(handler, JobType) else job_type(handler)
            for type, handler in (declared() if jobs is None else jobs).items()
        }
        if not types:
            raise ValueError("a worker needs at least one job type")
        if slots < 1:
            raise ValueError(f"slots must be a whole number above 0, not {slots}")
        for declaration in types.values():
            if declaration.mode == "process":
                reference_of(declaration.handler)
        self._types = types
        self._slots = slots
        self._options = connection_options(address, token, tls, os.environ)
        self._drain_timeout = drain_timeout
        self._refused_delay = refused_delay
        self._max_refusals = max_refusals
        worker_name = name or socket.gethostname()
        self.instance_id = instance_id or f"{worker_name}-{uuid.uuid4()}"
        self._hello = Hello(
            protocol_version=PROTOCOL_VERSION,
            worker_name=worker_name,
            instance_id=self.instance_id,
            sdk=SDK,
            job_types=list(types),
            labels=labels or {},
            descriptions=descriptions,
        )
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._processes = ProcessSlots(slots)
        self._running: asyncio.Task[None] | None = None
        self._draining: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    def run(self) -> int:
        """Runs until a signal: the first SIGTERM or SIGINT drains, a second one stops at once.

        Returns the exit status: 0 after a drain, 1 when it was stopped at once or the gateway has refused the worker.
        """
        if in_job_process():
            leave_main()
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(self._run_until_signal())
        finally:
            # Not asyncio.run, which waits for threads: one that is deaf to its end would keep us here.
            loop.close()

    async def start(self) -> None:
        """Begins to connect, in the background."""
        if self._running is not None:
            raise RuntimeError("the worker was started before")
        self._connection = Connection(self._options)
        transfers = GatewayTransfers(self._options, self._connection)
        runners = {type: self._runner(declaration, self._options) for type, declaration in self._types.items()}
        options = SessionOptions(self._hello, runners, self._slots, self._refused_delay, self._max_refusals)
        self._session = Session(self._connection, transfers, options)
        self._running = asyncio.ensure_future(self._run(self._session))

    async def ready(self) -> None:
        """Returns with the first Welcome. Raises WorkerRefused if the gateway refuses the worker, which goes on trying."""
        await asyncio.shield(self._started.ready)

    async def closed(self) -> None:
        """Returns when the worker has ended. Raises WorkerRefused when that is why."""
        if self._running is None:
            raise RuntimeError("the worker was not started")
        await asyncio.shield(self._running)
        if self._stopping is not None:
            await asyncio.shield(self._stopping)

    async def drain(self) -> None:
        """Takes no new jobs, waits for the running ones, closes."""
        if self._draining is None:
            self._draining = asyncio.ensure_future(self._drain(self._started))
        await asyncio.shield(self._draining)

    async def stop(self) -> None:
        """Gives the running jobs back, as far as the server is there, and closes."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._stop(self._started))
        await asyncio.shield(self._stopping)

    @property
    def _started(self) -> Session:
        if self._session is None:
            raise RuntimeError("the worker was not started")
        return self._session

    def _runner(self, declaration: JobType, options: ConnectionOptions) -> Runner:
        if declaration.mode == "async":
            return on_event_loop(cast(AsyncHandler, declaration.handler))
        if declaration.mode == "thread":
            return in_thread(cast(SyncHandler, declaration.handler))
        return in_own_process(declaration, ProcessHost(options, self._processes))

    async def _run(self, session: Session) -> None:
        try:
            await session.run()
        except WorkerRefused:
            await self.stop()
            raise

    async def _drain(self, session: Session) -> None:
        session.drain()
        if not await session.idle(self._drain_timeout):
            session.interrupt("draining")
            await session.idle(_INTERRUPTED_GRACE)
        await self.stop()

    async def _stop(self, session: Session) -> None:
        session.drain()
        session.interrupt("stopped")
        if session.is_open:
            await session.idle(_STOPPED_GRACE)
        session.give_back("the worker was stopped")
        if session.is_open:
            await session.idle(_GIVE_BACK_TIMEOUT)
        await session.close()
        await self._processes.end()
        if self._connection:
            await self._connection.close()

    async def _run_until_signal(self) -> int:
        loop = asyncio.get_running_loop()
        asked_at: float | None = None
        stopping: set[asyncio.Task[None]] = set()
        at_once = False

        def on_signal(name: str) -> None:
            nonlocal asked_at, at_once
            if asked_at is None:
                asked_at = time.monotonic()
                logger.info("%s: draining; once more to stop at once", name)
                stopping.add(asyncio.ensure_future(self.drain()))
            elif name != "SIGINT" or time.monotonic() - asked_at > _SAME_INTERRUPT:
                at_once = True
                logger.warning("%s: stopping at once", name)
                stopping.add(asyncio.ensure_future(self.stop()))

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, on_signal, number.name)
        await self.start()
        try:
            await self.closed()
        except WorkerRefused:
            return 1
        return 1 if at_once else 0
