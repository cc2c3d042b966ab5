"""A process for each job."""

import asyncio
import os
from pathlib import Path

import process_handlers
import pytest
from running import asynchronous, running

from uws_worker import Job, Worker
from uws_worker._generated import worker_pb2 as pb


@asynchronous
async def test_says_what_its_handler_says() -> None:
    async with running(process_handlers.hello) as (_, stream, _worker):
        stream.assign("t", parameters=[pb.Parameter(name="name", value="Ada")])
        result = await stream.next("event", lambda event: event.HasField("result"))
        assert result.result.inline == b"Hello, Ada!"
        log = next(event.log.message for event in stream.events() if event.HasField("log"))
        assert log.startswith("process ") and log != f"process {os.getpid()}"
        stream.ack("t", result.sequence)
        complete = await stream.next("complete")
        assert complete.last_sequence == len(stream.events())


@asynchronous
async def test_reads_files_and_stores_large_results_by_itself() -> None:
    async with running(process_handlers.transfers) as (gateway, stream, _):
        gateway.files["TABLE"] = bytes(range(250)) * 20
        stream.assign("t", parameters=[pb.Parameter(name="TABLE", uploaded=pb.UploadedParameter(size=5_000))])
        head = await stream.next("event", lambda event: event.HasField("result"))
        assert head.result.inline == bytes(range(10))
        stream.ack("t", head.sequence)
        await stream.next("complete")
        assert gateway.uploads["big"].data == b"x" * 500_000


@asynchronous
async def test_a_crash_is_a_failure_with_the_end_of_stderr() -> None:
    async with running(process_handlers.crash) as (_, stream, _worker):
        stream.assign("t")
        failure = await stream.next("fail")
        assert failure.message == "the job's process ended with exit status 7"
        assert failure.detail.endswith("the end")
        assert 8_000 < len(failure.detail) < 8_400
        assert failure.kind == pb.Fail.FATAL and not failure.retryable


@asynchronous
async def test_a_deaf_one_is_killed_after_the_grace_with_what_it_has_started(tmp_path: Path) -> None:
    async with running(process_handlers.deaf) as (_, stream, _worker):
        pids = tmp_path / "pids"
        stream.assign("t", parameters=[pb.Parameter(name="PIDS", value=str(pids))])
        await stream.next("event")
        stream.send(cancel=pb.Cancel(attempt_token="t", reason=pb.Cancel.ABORTED, grace_ms=50))
        await stream.next("cancelled")
        for pid in pids.read_text().split():
            assert not _runs(int(pid))


@asynchronous
async def test_is_told_that_it_is_cancelled() -> None:
    async with running(process_handlers.tidy) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("event")
        stream.send(cancel=pb.Cancel(attempt_token="t", reason=pb.Cancel.TIMED_OUT, grace_ms=20_000))
        last = await stream.next("event")
        assert last.log.message == "told: timed_out"
        await stream.next("cancelled")


@asynchronous
async def test_an_exception_is_a_failure_with_its_traceback() -> None:
    async with running(process_handlers.fail) as (_, stream, _worker):
        stream.assign("t")
        failure = await stream.next("fail")
        assert failure.message == "no such star"
        assert "process_handlers.py" in failure.detail


def test_a_handler_inside_a_function_is_refused() -> None:
    def inside(job: Job) -> None: ...

    with pytest.raises(TypeError, match="inside"):
        Worker({"test": inside})


def _runs(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in ("Z", "X")


def test_the_process_dies_with_its_worker(tmp_path: Path) -> None:
    @asynchronous
    async def with_worker() -> None:
        from scripted_gateway import gateway

        async with gateway() as server:
            program = tmp_path / "worker.py"
            program.write_text(
                "from process_handlers import deaf\nfrom uws_worker import job, run_worker\njob('test')(deaf)\nrun_worker()\n"
            )
            import sys

            environment = {
                **os.environ,
                "UWS_GATEWAY": server.address,
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)]),
            }
            worker = await asyncio.create_subprocess_exec(sys.executable, str(program), env=environment)
            stream = await server.stream()
            stream.welcome()
            pids = tmp_path / "pids"
            stream.assign("t", parameters=[pb.Parameter(name="PIDS", value=str(pids))])
            await stream.next("event")
            worker.kill()
            await worker.wait()
            while any(_runs(int(pid)) for pid in pids.read_text().split()):
                await asyncio.sleep(0.01)

    with_worker()
