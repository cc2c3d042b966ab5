"""Certificates that are made for a test, by the openssl command."""

import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import grpc


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key: PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates; its own is in the file `certificate`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = self._make("authority", "basicConstraints=critical,CA:TRUE", None)
        self.certificate = self._own.certificate

    def issue(self, names: str = "DNS:localhost,IP:127.0.0.1") -> Pair:
        """A certificate for a server or a client of these names."""
        return self._make("host", f"subjectAltName={names}", self._own)

    def serve(self, pair: Pair | None = None, *, ask_clients: bool = False) -> grpc.ServerCredentials:
        """What a gateway speaks TLS with, by its own certificate; clients have to show one of ours if they are asked."""
        pair = pair or self.issue()
        own = (pair.key.read_bytes(), pair.certificate.read_bytes())
        return grpc.ssl_server_credentials([own], self.certificate.read_bytes() if ask_clients else None, ask_clients)

    def _make(self, name: str, extension: str, signer: Pair | None) -> Pair:
        path = self._folder / f"{name}-{uuid.uuid4()}"
        pair = Pair(path.with_suffix(".pem"), path.with_suffix(".key"))
        request = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1"]
        files = ["-out", str(pair.certificate), "-keyout", str(pair.key)]
        signed = [] if signer is None else ["-CA", str(signer.certificate), "-CAkey", str(signer.key)]
        # A configuration of our own, which is empty: that of the system may add extensions.
        of = ["-config", "/dev/null", "-subj", f"/CN={name}", "-addext", extension]
        try:
            subprocess.run(["openssl", "req", *request, *files, *signed, *of], check=True, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise RuntimeError("the tests of TLS need the openssl command, 3.0 or newer") from error
        except subprocess.CalledProcessError as error:
            raise RuntimeError(error.stderr) from error
        return pair
