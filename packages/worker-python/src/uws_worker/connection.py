"""The gRPC channel to the gateway, and what every call on it carries."""

from collections.abc import AsyncIterable, Callable, Iterator
from typing import Any

import grpc
import grpc.aio

from ._generated.worker_pb2 import Chunk, ParameterRef, ResultChunk, ServerMessage, StoredResult, WorkerMessage
from .connection_options import ConnectionOptions
from .connection_options import TlsFiles as TlsFiles

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
_SERVICE = "/uws.worker.v1.WorkerService/"


class Connection:
    """Calls that find no connection fail at once, with the reason; whoever makes them tries again."""

    def __init__(self, options: ConnectionOptions) -> None:
        self.address = options.address.target
        settings: list[tuple[str, Any]] = [
            # A gateway that vanished without a word (power, network) is noticed after 15 s at most.
            ("grpc.keepalive_time_ms", 10_000),
            ("grpc.keepalive_timeout_ms", 5_000),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.max_pings_without_data", 0),
            # gRPC's own reconnection would wait up to two minutes, longer than any lease; we have a backoff of our own.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 3_000),
            ("grpc.max_reconnect_backoff_ms", 1_000),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            # Two workers in one process do not share a connection, nor its fate.
            ("grpc.use_local_subchannel_pool", 1),
        ]
        if options.address.is_loopback:
            # A proxy of the environment would carry what is meant for this machine, a token among it, elsewhere.
            settings.append(("grpc.enable_http_proxy", 0))
        credentials = None
        if options.pem is None:
            self._channel = grpc.aio.insecure_channel(self.address, settings)
        else:
            ca, certificate, key = (
                None if text is None else text.encode() for text in (options.pem.ca, options.pem.certificate, options.pem.key)
            )
            credentials = grpc.ssl_channel_credentials(ca, key, certificate)
            self._channel = grpc.aio.secure_channel(self.address, credentials, settings)
        self._metadata = () if options.token is None else (("authorization", f"Bearer {options.token}"),)
        self._work: Callable[..., Any] = self._channel.stream_stream(
            f"{_SERVICE}Work", WorkerMessage.SerializeToString, ServerMessage.FromString
        )
        self._open_for_uploads: Callable[[], grpc.Channel] = lambda: (
            grpc.insecure_channel(self.address, settings)
            if credentials is None
            else grpc.secure_channel(self.address, credentials, settings)
        )
        self._uploads: grpc.Channel | None = None
        self._download = self._channel.unary_stream(
            f"{_SERVICE}DownloadParameter", ParameterRef.SerializeToString, Chunk.FromString
        )

    def work(self) -> Any:
        """Opens the control stream."""
        return self._work(metadata=self._metadata)

    def upload(self, chunks: Iterator[ResultChunk]) -> Any:
        """Begins an upload; the chunks are asked for in a thread of gRPC's, one by one as there is room. Returns a grpc.Future.

        Over a channel of its own, that is none of asyncio: there a write that crosses the server's answer hides the answer
        (INTERNAL instead of what the server said).
        """
        if self._uploads is None:
            self._uploads = self._open_for_uploads()
        call: Any = self._uploads.stream_unary(
            f"{_SERVICE}UploadResult", ResultChunk.SerializeToString, StoredResult.FromString
        )
        return call.future(chunks, metadata=self._metadata)

    def download(self, reference: ParameterRef) -> AsyncIterable[Chunk]:
        """Opens a download."""
        call: AsyncIterable[Chunk] = self._download(reference, metadata=self._metadata)
        return call

    async def close(self) -> None:
        """Ends every call."""
        if self._uploads is not None:
            self._uploads.close()
        await self._channel.close(None)
