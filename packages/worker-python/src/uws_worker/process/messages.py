"""The payloads of frames that are more than bytes."""

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .._generated.worker_pb2 import Assign
from ..connection_options import ConnectionOptions, Pem
from ..failures import JobFailure, JobReleased
from ..gateway_address import GatewayAddress
from ..session_limits import SessionLimits
from .program import HandlerReference


@dataclass(frozen=True)
class Start:
    """The job, and whatever is needed to run it. Large results and files go to and from the gateway without a detour."""

    handler: HandlerReference
    assign: Assign
    limits: SessionLimits
    connection: ConnectionOptions
    path: list[str]
    """Where modules are looked for."""

    def encode(self) -> bytes:
        """As JSON."""
        connection = self.connection
        return json.dumps(
            {
                "handler": asdict(self.handler),
                "assign": base64.b64encode(self.assign.SerializeToString()).decode(),
                "limits": self.limits.to_json(),
                "address": asdict(connection.address),
                "token": connection.token,
                "pem": None if connection.pem is None else asdict(connection.pem),
                "path": self.path,
            }
        ).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Start":
        """From encode()."""
        said: dict[str, Any] = json.loads(data)
        pem = None if said["pem"] is None else Pem(**said["pem"])
        return cls(
            HandlerReference(**said["handler"]),
            Assign.FromString(base64.b64decode(said["assign"])),
            SessionLimits(**said["limits"]),
            ConnectionOptions(GatewayAddress(**said["address"]), said["token"], pem),
            said["path"],
        )


@dataclass(frozen=True)
class Outcome:
    """How the handler ended, when it could still say so."""

    kind: Literal["completed", "failed", "released"]
    failure: dict[str, Any] | None = None
    reason: str = ""
    checkpoint: str | None = None
    """Base64."""

    @classmethod
    def of(cls, error: BaseException | None) -> "Outcome":
        """Of what the handler raised; None = nothing."""
        if error is None:
            return cls("completed")
        if isinstance(error, JobReleased):
            state = None if error.checkpoint is None else base64.b64encode(error.checkpoint).decode()
            return cls("released", reason=error.reason, checkpoint=state)
        assert isinstance(error, JobFailure)
        said = ("message", "kind", "detail", "retryable", "retry_delay")
        return cls("failed", failure={name: getattr(error, name) for name in said})

    def encode(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Outcome":
        """From encode()."""
        return cls(**json.loads(data))

    def raise_again(self) -> None:
        """Raises what the handler raised."""
        if self.failure is not None:
            raise JobFailure(**self.failure)
        if self.kind == "released":
            raise JobReleased(self.reason, None if self.checkpoint is None else base64.b64decode(self.checkpoint))
