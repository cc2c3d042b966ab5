"""A worker and a gateway that speak TLS, with real certificates and real handshakes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from certificates import Authority
from running import asynchronous
from scripted_gateway import PATIENCE, Gateway, gateway

from uws_worker import AsyncJob, TlsFiles, Worker

TOKEN = "uwsw_secret"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def handler(job: AsyncJob) -> None:
    """Uses each way to the gateway: the stream, a download, an upload."""
    await job.result("copy", await job.parameters.file("TABLE").read(), media_type="text/plain")


@asynccontextmanager
async def started(address: str, tls: TlsFiles | None = None) -> AsyncIterator[Worker]:
    worker = Worker({"test": handler}, address=address, token=TOKEN, tls=tls)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def welcomed(server: Gateway, address: str, tls: TlsFiles | None = None) -> None:
    """The worker gets through the handshake, and shows its token with the stream."""
    before = len(server.metadata)
    async with started(address, tls) as worker:
        (await server.stream()).welcome()
        await worker.ready()
    assert [metadata["authorization"] for metadata in server.metadata[before:]] == [f"Bearer {TOKEN}"]


class Warnings(logging.Handler):
    """Waits for the first warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def emit(self, record: logging.LogRecord) -> None:
        if not self.first.done():
            self.first.set_result(record.getMessage())


async def not_spoken_to(server: Gateway, address: str, tls: TlsFiles | None = None) -> str:
    """The worker gets nowhere, and no token out. Returns what it says of that."""
    before = server.opened
    warnings = Warnings()
    lines = logging.getLogger("uws_worker")
    lines.addHandler(warnings)
    try:
        async with started(address, tls), asyncio.timeout(PATIENCE):
            said = await warnings.first
    finally:
        lines.removeHandler(warnings)
    assert server.opened == before
    assert TOKEN not in said
    return said


def port_of(server: Gateway) -> str:
    return server.address.split(":")[1]


@pytest.mark.parametrize("prefix", ["https://localhost", "https://127.0.0.1", "grpcs://localhost"])
@asynchronous
async def test_all_that_a_job_sends_and_takes_goes_through_tls_with_the_token(
    prefix: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UWS_CA", str(authority.certificate))
    async with gateway(credentials=authority.serve()) as server:
        server.files["TABLE"] = b"row\n" * 1_000
        async with started(f"{prefix}:{port_of(server)}"):
            stream = await server.stream()
            stream.welcome()
            uploaded = dict(filename="t.csv", media_type="text/csv", size=4_000)
            stream.assign("t", parameters=[dict(name="TABLE", uploaded=uploaded)])
            await stream.next("complete")
        assert server.uploads["copy"].data == server.files["TABLE"]
        # The stream, the download, the upload.
        assert [metadata["authorization"] for metadata in server.metadata] == [f"Bearer {TOKEN}"] * 3


@asynchronous
async def test_a_gateway_that_another_authority_vouches_for_is_not_spoken_to(authority: Authority, stranger: Authority) -> None:
    async with gateway(credentials=authority.serve()) as server:
        address = f"https://{server.address}"
        said = await not_spoken_to(server, address, TlsFiles(ca=stranger.certificate))
        assert said.startswith(f"no connection to the gateway at {server.address}: ") and "CERTIFICATE_VERIFY_FAILED" in said
        # Nor do the authorities of the system vouch for it.
        assert "CERTIFICATE_VERIFY_FAILED" in await not_spoken_to(server, address)
        await welcomed(server, address, TlsFiles(ca=authority.certificate))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@asynchronous
async def test_a_gateway_whose_certificate_is_for_another_name_or_address_is_not_spoken_to(
    host: str, authority: Authority
) -> None:
    pair = authority.issue("DNS:gateway.example.org,IP:10.1.2.3")
    async with gateway(credentials=authority.serve(pair)) as server:
        address = f"https://{host}:{port_of(server)}"
        said = await not_spoken_to(server, address, TlsFiles(ca=authority.certificate))
        assert host in said and "no connection to the gateway" in said


@asynchronous
async def test_a_worker_shows_its_certificate_where_it_is_asked_for_one(
    authority: Authority, stranger: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, foreign = authority.issue(), stranger.issue()
    async with gateway(credentials=authority.serve(ask_clients=True)) as server:
        address = f"https://{server.address}"
        await not_spoken_to(server, address, TlsFiles(authority.certificate))
        await not_spoken_to(server, address, TlsFiles(authority.certificate, foreign.certificate, foreign.key))
        await welcomed(server, address, TlsFiles(authority.certificate, own.certificate, own.key))
        for name, path in {"CA": authority.certificate, "CERTIFICATE": own.certificate, "KEY": own.key}.items():
            monkeypatch.setenv(f"UWS_{name}", str(path))
        await welcomed(server, address)


@pytest.mark.parametrize("missing", ["ca", "certificate", "key"])
def test_certificates_that_cannot_be_used_are_refused_at_once(missing: str, authority: Authority, tmp_path: Path) -> None:
    own = authority.issue()
    files = {"ca": authority.certificate, "certificate": own.certificate, "key": own.key}
    other = tmp_path / "other"
    other.write_bytes(authority.issue().key.read_bytes() if missing == "key" else b"no PEM")
    Worker({"test": handler}, address="https://localhost:1", tls=TlsFiles(**files))
    with pytest.raises(ValueError, match="cannot be used"):
        Worker({"test": handler}, address="https://localhost:1", tls=TlsFiles(**{**files, missing: other}))


@asynchronous
async def test_a_token_is_not_sent_in_plain_text_over_a_network_nor_where_tls_was_asked_for(authority: Authority) -> None:
    async with gateway() as server:
        # Here it is the same machine, but nothing says so.
        elsewhere = f"0.0.0.0:{port_of(server)}"
        with pytest.raises(ValueError, match=f"the token is not sent to {elsewhere} in plain text: say https://"):
            Worker({"test": handler}, address=elsewhere, token=TOKEN)
        # A gateway that knows no TLS is not spoken to without.
        await not_spoken_to(server, f"https://localhost:{port_of(server)}", TlsFiles(ca=authority.certificate))
        await not_spoken_to(server, server.address, TlsFiles(ca=authority.certificate))
        await welcomed(server, server.address)
