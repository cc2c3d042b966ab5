"""Where the gateway is, and whether TLS is spoken there."""

import ipaddress
import re
from dataclasses import dataclass

_PATTERN = re.compile(r"(?:(https|grpcs)://)?(\[[0-9a-f:.]+\]|[^\s:/\[\]@]+):(\d{1,5})/?", re.IGNORECASE)


@dataclass(frozen=True)
class GatewayAddress:
    """`target` is host:port, an IPv6 host in brackets; `encrypted`: `https://` or `grpcs://` was said."""

    target: str
    host: str
    encrypted: bool

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_gateway_address(text: str) -> GatewayAddress:
    """Reads `host:port` (plain text), `https://host:port` or `grpcs://host:port` (TLS). Raises ValueError."""
    match = _PATTERN.fullmatch(text)
    if match is None or int(match[3]) > 65_535:
        raise ValueError(
            f"the gateway (UWS_GATEWAY) must be https://host:port, or host:port for plain text, not {text[:200]!r}"
        )
    scheme, name, port = match.groups()
    return GatewayAddress(f"{name}:{port}", name.strip("[]"), scheme is not None)
