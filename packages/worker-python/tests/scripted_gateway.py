"""A gateway that does what the test says, over real gRPC."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from uws_worker._generated import worker_pb2 as pb

PATIENCE = 10.0
"""Seconds after which a test that waits has failed."""


class GatewayStream:
    """One control stream, from the gateway's side."""

    def __init__(self, hello: pb.Hello) -> None:
        self.hello = hello
        self.seen: list[pb.WorkerMessage] = []
        self._outgoing: asyncio.Queue[pb.ServerMessage | None] = asyncio.Queue()
        self._arrived = asyncio.Condition()
        self._next = 0

    def send(self, **message: Any) -> None:
        """Says something to the worker."""
        self._outgoing.put_nowait(pb.ServerMessage(**message))

    def end(self) -> None:
        """Breaks the stream."""
        self._outgoing.put_nowait(None)

    def welcome(self, **fields: Any) -> None:
        """Welcomes the worker, with settings that suit most tests."""
        defaults: dict[str, Any] = dict(
            protocol_version=1, session_id="s", lease_ms=30_000, heartbeat_ms=10_000, max_inline_result_bytes=1_000
        )
        self.send(welcome=pb.Welcome(**{**defaults, **fields}))

    def assign(self, token: str, job_type: str = "test", **fields: Any) -> None:
        """Gives the worker a job."""
        self.send(assign=pb.Assign(attempt_token=token, job_id=f"job-{token}", job_type=job_type, attempt=1, **fields))

    def ack(self, token: str, sequence: int) -> None:
        """Acknowledges events."""
        self.send(event_ack=pb.EventAck(attempt_token=token, sequence=sequence))

    async def arrived(self, message: pb.WorkerMessage) -> None:
        """The worker has said something."""
        async with self._arrived:
            self.seen.append(message)
            self._arrived.notify_all()

    async def next(self, kind: str, where: Callable[[Any], bool] = lambda _: True) -> Any:
        """The next message of a kind for which `where` holds; others before it are passed over."""

        def found() -> Any:
            while self._next < len(self.seen):
                message = self.seen[self._next]
                self._next += 1
                if message.WhichOneof("message") == kind and where(getattr(message, kind)):
                    return getattr(message, kind)
            return None

        async with asyncio.timeout(PATIENCE), self._arrived:
            while (message := found()) is None:
                await self._arrived.wait()
            return message

    def events(self) -> list[pb.Event]:
        """All events so far."""
        return [message.event for message in self.seen if message.HasField("event")]

    async def outgoing(self) -> AsyncIterator[pb.ServerMessage]:
        """What is to be said, until the stream is to end."""
        while (message := await self._outgoing.get()) is not None:
            yield message


@dataclass
class Uploaded:
    """A result that was stored."""

    header: pb.ResultHeader
    data: bytes


@dataclass
class Gateway:
    """What the tests see of it."""

    address: str = ""
    refuse: grpc.StatusCode | None = None
    streams: asyncio.Queue[GatewayStream] = field(default_factory=asyncio.Queue)
    uploads: dict[str, Uploaded] = field(default_factory=dict)
    upload_failures: int = 0
    """So many uploads break off after their first chunk."""
    files: dict[str, bytes] = field(default_factory=dict)
    download_breaks: int = 0
    """So many downloads break after 1,000 bytes."""
    offsets: list[int] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    """Of each call, in their order."""
    opened: int = 0
    stop: Callable[[], Any] = lambda: None

    async def stream(self) -> GatewayStream:
        """The next control stream, with its Hello."""
        async with asyncio.timeout(PATIENCE):
            return await self.streams.get()

    def _called(self, context: Any) -> None:
        self.metadata.append({key: value for key, value in context.invocation_metadata()})

    async def work(self, requests: AsyncIterator[pb.WorkerMessage], context: Any) -> AsyncIterator[pb.ServerMessage]:
        self._called(context)
        self.opened += 1
        if self.refuse is not None:
            await context.abort(self.refuse, "not you")
        first = await anext(requests)
        stream = GatewayStream(first.hello)

        async def read() -> None:
            async for message in requests:
                await stream.arrived(message)

        reading = asyncio.ensure_future(read())
        self.streams.put_nowait(stream)
        try:
            async for message in stream.outgoing():
                yield message
        finally:
            reading.cancel()

    async def upload(self, requests: AsyncIterator[pb.ResultChunk], context: Any) -> pb.StoredResult:
        self._called(context)
        header: pb.ResultHeader | None = None
        data = bytearray()
        async for chunk in requests:
            if chunk.HasField("header"):
                header = chunk.header
            elif chunk.HasField("end"):
                if chunk.end.sha256 != hashlib.sha256(data).digest():
                    await context.abort(grpc.StatusCode.DATA_LOSS, "checksum")
            else:
                data += chunk.data
                if self.upload_failures > 0:
                    self.upload_failures -= 1
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "broken")
        assert header is not None
        self.uploads[header.id] = Uploaded(header, bytes(data))
        return pb.StoredResult(id=header.id, size=len(data), sha256=hashlib.sha256(data).digest())

    async def download(self, request: pb.ParameterRef, context: Any) -> AsyncIterator[pb.Chunk]:
        self._called(context)
        data = self.files[request.name]
        self.offsets.append(request.offset)
        for start in range(request.offset, len(data), 1_000):
            yield pb.Chunk(data=data[start : start + 1_000])
            if self.download_breaks > 0:
                self.download_breaks -= 1
                await context.abort(grpc.StatusCode.UNAVAILABLE, "broken")


@asynccontextmanager
async def gateway(port: int = 0, credentials: grpc.ServerCredentials | None = None) -> AsyncIterator[Gateway]:
    """A gateway on a free port of this machine."""
    scripted = Gateway()
    server = grpc.aio.server()
    handlers = {
        "Work": grpc.stream_stream_rpc_method_handler(
            scripted.work, pb.WorkerMessage.FromString, pb.ServerMessage.SerializeToString
        ),
        "UploadResult": grpc.stream_unary_rpc_method_handler(
            scripted.upload, pb.ResultChunk.FromString, pb.StoredResult.SerializeToString
        ),
        "DownloadParameter": grpc.unary_stream_rpc_method_handler(
            scripted.download, pb.ParameterRef.FromString, pb.Chunk.SerializeToString
        ),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("uws.worker.v1.WorkerService", handlers),))
    if credentials is None:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    else:
        bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    scripted.address = f"127.0.0.1:{bound}"
    await server.start()
    try:
        yield scripted
    finally:
        await server.stop(None)
