"""Large results and uploaded parameters, which do not travel in the control stream."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

from ._generated.worker_pb2 import ParameterRef
from .connection_options import ConnectionOptions
from .result_source import UploadSource
from .session_limits import SessionLimits

if TYPE_CHECKING:
    from .connection import Connection


class Transfers(Protocol):
    """Whoever carries them."""

    async def upload(self, token: str, id: str, media_type: str, source: UploadSource, limits: SessionLimits) -> None:
        """Returns when the result is stored."""

    def download(self, token: str, name: str, offset: int) -> AsyncIterator[bytes]:
        """The parameter's bytes from `offset` on."""


class GatewayTransfers:
    """Over calls of their own to the gateway. The connection is made when it is needed, unless there is one."""

    def __init__(self, options: ConnectionOptions, connection: "Connection | None" = None) -> None:
        self._options = options
        self._connection = connection

    async def upload(self, token: str, id: str, media_type: str, source: UploadSource, limits: SessionLimits) -> None:
        """Tries again while that may help. Raises JobFailure, or what the server answered."""
        from .upload import Upload, upload_result

        await upload_result(self._connected(), Upload(token, id, media_type, source, limits))

    async def download(self, token: str, name: str, offset: int) -> AsyncIterator[bytes]:
        """Resumes where a connection broke."""
        from grpc import RpcError

        from .retry import Retry

        retry = Retry()
        while True:
            call = self._connected().download(ParameterRef(attempt_token=token, name=name, offset=offset))
            try:
                async for chunk in call:
                    offset += len(chunk.data)
                    retry.reset()
                    if chunk.data:
                        yield chunk.data
                return
            except RpcError as error:
                await retry.after_failure(error)
            finally:
                with suppress(Exception):
                    cast(Any, call).cancel()

    def _connected(self) -> "Connection":
        if self._connection is None:
            # gRPC takes a while to import, and most jobs of a process do without.
            from .connection import Connection

            self._connection = Connection(self._options)
        return self._connection
