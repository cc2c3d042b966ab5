"""Parts that need no gateway."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from uws_worker import AsyncJob, Job, JobFailure, Parameters
from uws_worker.backoff import Backoff
from uws_worker.connection_options import connection_options
from uws_worker.gateway_address import parse_gateway_address
from uws_worker.job_type import job_type
from uws_worker.log_format import JsonFormatter, TextFormatter
from uws_worker.parameters import Entry
from uws_worker.process.acknowledgements import Acknowledgements
from uws_worker.process.output import Tail
from uws_worker.shortened import shortened
from uws_worker.testing import HandlerRun, run_handler


def test_parameters_are_found_without_case_and_keep_their_order() -> None:
    parameters: Parameters[str] = Parameters(
        [Entry("Dec", "1"), Entry("RA", "2"), Entry("DEC", "3"), Entry("T", file="file"), Entry("N", "x"), Entry("B", "Yes")]
    )
    assert list(parameters) == ["Dec", "RA", "T", "N", "B"]
    assert (parameters["dec"], parameters.all("dec"), parameters.as_float("ra")) == ("1", ["1", "3"], 2.0)
    assert parameters.file("t") == "file"
    assert parameters.as_bool("b") is True
    assert (parameters.get("none"), parameters.as_int("none", 7), "ra" in parameters) == (None, 7, True)
    for wrong in (lambda: parameters["none"], lambda: parameters.as_int("n"), lambda: parameters.file("ra")):
        with pytest.raises(JobFailure):
            wrong()


@pytest.mark.parametrize("text", ["", "host", "http://host:1", "host:70000", "a b:1", "host:1/path"])
def test_addresses_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="UWS_GATEWAY"):
        parse_gateway_address(text)


def test_a_token_goes_in_plain_text_to_loopback_only(tmp_path: Path) -> None:
    for address in ("127.0.0.1:1", "localhost:1", "[::1]:1", "https://example.org:1"):
        assert connection_options(address, "uwsw_x", None, {}).token == "uwsw_x"
    with pytest.raises(ValueError, match="plain text"):
        connection_options("example.org:1", "uwsw_x", None, {})
    with pytest.raises(ValueError, match="UWS_CA is for TLS"):
        connection_options("example.org:1", None, None, {"UWS_CA": "ca.pem"})
    with pytest.raises(ValueError, match="go together"):
        connection_options("https://example.org:1", None, None, {"UWS_KEY": str(tmp_path)})
    with pytest.raises(ValueError, match="UWS_CA.*cannot be read"):
        connection_options("https://example.org:1", None, None, {"UWS_CA": str(tmp_path / "none")})


def test_delays_grow_and_are_spread() -> None:
    backoff = Backoff(base=1, longest=5, uniform=lambda low, high: high)
    assert [backoff.next() for _ in range(4)] == [1, 2, 4, 5]
    backoff.reset()
    assert backoff.next() == 1


def test_text_is_cut_between_characters() -> None:
    assert (shortened("größer", 5), shortened("😀😀", 7), shortened("語", 0)) == ("grö", "😀", "")
    assert shortened("name\udcff", 20) == "name?"


def test_acknowledgements_are_cumulative() -> None:
    acknowledgements = Acknowledgements()
    for sequence in (1, 2, 3):
        acknowledgements.begin(sequence)
    assert [acknowledgements.done(sequence) for sequence in (2, 1, 3)] == [0, 2, 3]


def test_the_tail_begins_with_a_whole_character() -> None:
    tail = Tail()
    tail.add("ä".encode() * 5_000 + b"!")
    assert tail.text().startswith("ä") and tail.text().endswith("ä!")
    assert len(tail.text().encode()) <= 8 * 1024


def test_lines_of_the_worker_are_structured() -> None:
    record = logging.LogRecord("uws_worker", logging.INFO, "f", 1, "job %s failed", ("j 1",), None)
    record.job = "j 1"
    assert TextFormatter().format(record).split(" ", 1)[1] == (
        'level=info logger=uws_worker message="job j 1 failed" job="j 1"'
    )
    assert json.loads(JsonFormatter().format(record))["job"] == "j 1"


def test_handlers_run_where_they_can() -> None:
    async def coroutine(job: AsyncJob) -> None: ...

    def generator(job: Job) -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="coroutine"):
        job_type(coroutine, "thread")
    with pytest.raises(TypeError, match="generator"):
        job_type(generator)


def test_run_handler_tells_what_a_function_did() -> None:
    def handler(job: Job) -> None:
        job.log.info(f"state {job.checkpoint!r}")
        job.progress(0.5, "half")
        job.result("copy", job.parameters.file("table").open(), media_type="text/csv")
        job.result("big", "x" * 100_000)
        job.result("names", (name for name in job.parameters))
        job.save_checkpoint(b"new")

    run = run_handler(handler, parameters={"B": ["1", "2"], "A": 3}, files={"TABLE": "a,b"}, checkpoint=b"old")
    assert (run.outcome, run.checkpoint) == ("completed", b"new")
    assert [(report.fraction, report.message) for report in run.progress] == [(0.5, "half")]
    assert [(line.level, line.message) for line in run.logs] == [("INFO", "state b'old'")]
    assert {id: result.text for id, result in run.results.items()} == {
        "copy": "a,b",
        "big": "x" * 100_000,
        "names": "BATABLE",
    }


def test_run_handler_cancels_a_coroutine() -> None:
    async def handler(job: AsyncJob) -> None:
        import asyncio

        for step in range(1_000_000):
            job.progress(step / 1_000_000)
            await asyncio.sleep(0)

    run: HandlerRun = run_handler(handler, cancel_when=lambda run: len(run.progress) == 3)
    assert (run.outcome, run.reason, len(run.progress)) == ("cancelled", "the job was aborted", 3)


def test_run_handler_tells_of_a_failure() -> None:
    def handler(job: Job) -> None:
        job.parameters.as_int("N")

    run = run_handler(handler, parameters={"N": "many"})
    assert run.outcome == "failed"
    assert run.failure is not None and "whole number" in run.failure.message
