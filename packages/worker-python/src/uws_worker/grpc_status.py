"""What the codes of gRPC mean to a worker."""

import grpc
from grpc import StatusCode

_UNREACHABLE = frozenset({StatusCode.UNAVAILABLE, StatusCode.UNAUTHENTICATED})
_PASSING = _UNREACHABLE | {
    StatusCode.ABORTED,
    StatusCode.CANCELLED,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.DATA_LOSS,
    StatusCode.INTERNAL,
    StatusCode.UNKNOWN,
}
_REFUSALS = frozenset(
    {
        StatusCode.UNAUTHENTICATED,
        StatusCode.PERMISSION_DENIED,
        StatusCode.INVALID_ARGUMENT,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.UNIMPLEMENTED,
    }
)


class DamagedUpload(Exception):
    """The server has stored other bytes than were sent."""


def is_unreachable(error: BaseException) -> bool:
    """The server was not reached or went away, or does not know our token (any more): the same call may succeed when it
    is back. The job is not to blame."""
    return isinstance(error, grpc.RpcError) and _code(error) in _UNREACHABLE


def may_pass(error: BaseException) -> bool:
    """Worth a few more tries. Everything else is the server's considered answer."""
    return isinstance(error, DamagedUpload) or (isinstance(error, grpc.RpcError) and _code(error) in _PASSING)


def is_refusal(code: StatusCode) -> bool:
    """The server does not want this worker as it is; trying again at once would only fill logs."""
    return code in _REFUSALS


def _code(error: grpc.RpcError) -> StatusCode | None:
    return error.code() if isinstance(error, grpc.aio.AioRpcError | grpc.Call) else None
