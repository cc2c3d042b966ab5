"""Where to connect, and how."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .gateway_address import GatewayAddress, parse_gateway_address


@dataclass(frozen=True)
class TlsFiles:
    """PEM files. Without `ca` the system's authorities count; `certificate` and `key` are for mutual TLS."""

    ca: str | os.PathLike[str] | None = None
    certificate: str | os.PathLike[str] | None = None
    key: str | os.PathLike[str] | None = None


@dataclass(frozen=True)
class Pem:
    """What was in the files."""

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class ConnectionOptions:
    """`pem` None = plain text."""

    address: GatewayAddress
    token: str | None
    pem: Pem | None


def connection_options(
    address: str | None, token: str | None, tls: TlsFiles | None, environment: Mapping[str, str]
) -> ConnectionOptions:
    """From the arguments, else from UWS_GATEWAY, UWS_TOKEN, UWS_CA, UWS_CERTIFICATE and UWS_KEY (files).

    Raises ValueError that names the variable: for what cannot be read or used, and for a token that would travel in plain text.
    """
    parsed = parse_gateway_address(address or environment.get("UWS_GATEWAY") or "127.0.0.1:50051")
    token = token or environment.get("UWS_TOKEN") or None
    named = [name for name in ("UWS_CA", "UWS_CERTIFICATE", "UWS_KEY") if environment.get(name)]
    pem = None
    if tls is not None:
        pem = _read(tls)
    elif parsed.encrypted:
        files = (environment.get(name) or None for name in ("UWS_CA", "UWS_CERTIFICATE", "UWS_KEY"))
        pem = _read(TlsFiles(*files))
    elif named:
        # Whoever names an authority or a certificate counts on TLS: to go on without it would be a trap.
        raise ValueError(f"{named[0]} is for TLS, and {parsed.target} is plain text: say https://{parsed.target}")
    if token is not None:
        _check_token(token, parsed, pem is not None)
    return ConnectionOptions(parsed, token, pem)


def _check_token(token: str, address: GatewayAddress, encrypted: bool) -> None:
    if not re.fullmatch(r"[!-~]+", token):
        raise ValueError("the token (UWS_TOKEN) must be printable ASCII without spaces")
    if not encrypted and not address.is_loopback:
        raise ValueError(
            f"the token is not sent to {address.target} in plain text: say https://{address.target} (UWS_GATEWAY),"
            " or give no token"
        )


def _read(tls: TlsFiles) -> Pem:
    if (tls.certificate is None) != (tls.key is None):
        raise ValueError("UWS_CERTIFICATE and UWS_KEY go together: the worker's certificate and its private key")
    pem = Pem(_text("UWS_CA", tls.ca), _text("UWS_CERTIFICATE", tls.certificate), _text("UWS_KEY", tls.key))
    _check_usable(tls)
    return pem


def _check_usable(tls: TlsFiles) -> None:
    """gRPC would try to connect for ever, and tell nobody but its own log why it cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # What is too weak is for the handshake to say: gRPC has a library of its own for that.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        if tls.ca is not None:
            context.load_verify_locations(tls.ca)
        if tls.certificate is not None:
            # gRPC cannot read a key with a password either: nobody is to be asked for one.
            context.load_cert_chain(tls.certificate, tls.key, password="")
    except ssl.SSLError as error:
        raise ValueError(f"the certificates (UWS_CA, UWS_CERTIFICATE, UWS_KEY) cannot be used: {error}") from error


def _text(name: str, path: str | os.PathLike[str] | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: {path} cannot be read: {error}") from error
