"""A worker and its gateway."""

import asyncio
import logging
from collections.abc import AsyncIterator

import grpc
import pytest
from running import asynchronous, running
from scripted_gateway import gateway

from uws_worker import AsyncJob, Job, JobFailure, JobInterrupted, JobLogHandler, Reference, Worker, WorkerRefused
from uws_worker._generated import worker_pb2 as pb
from uws_worker.job_type import JobType


@asynchronous
async def test_a_coroutine_reports_stores_and_completes() -> None:
    async def handler(job: AsyncJob) -> None:
        job.progress(0.7, "most of it", {"stars": 3})
        job.progress(0.2, "never back")
        job.save_checkpoint(b"state")
        await job.result("r", "text")
        await job.result("there", Reference("https://example.org/x", 5), media_type="text/html")

    async with running(handler) as (_, stream, _worker):
        stream.assign("t")
        assert (await stream.next("accept")).attempt_token == "t"
        for _ in range(2):
            result = await stream.next("event", lambda event: event.HasField("result"))
            stream.ack("t", result.sequence)
        complete = await stream.next("complete")
        events = stream.events()
        assert [event.sequence for event in events] == list(range(1, complete.last_sequence + 1))
        progress = [event.progress for event in events if event.HasField("progress")]
        assert [(report.fraction, report.message) for report in progress] == [(0.7, "most of it"), (0.7, "never back")]
        assert [event.checkpoint.state for event in events if event.HasField("checkpoint")] == [b"state"]
        results = [event.result for event in events if event.HasField("result")]
        assert [(r.id, r.media_type, r.inline, r.reference) for r in results] == [
            ("r", "text/plain", b"text", ""),
            ("there", "text/html", b"", "https://example.org/x"),
        ]


@asynchronous
async def test_a_cancelled_coroutine_is_told_why() -> None:
    reasons: list[str | None] = []

    async def handler(job: AsyncJob) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            reasons.append(job.cancel_reason)

    async with running(handler) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("accept")
        stream.send(cancel=pb.Cancel(attempt_token="t", reason=pb.Cancel.DESTROYED, grace_ms=10_000))
        await stream.next("cancelled")
        assert reasons == ["destroyed"]


@asynchronous
async def test_a_thread_that_is_deaf_is_reported_cancelled_after_the_grace() -> None:
    go = asyncio.get_running_loop().create_future()

    def handler(job: Job) -> None:
        asyncio.run_coroutine_threadsafe(wait(), go.get_loop()).result()

    async def wait() -> None:
        await go

    async with running(JobType(handler, "thread")) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("accept")
        stream.send(cancel=pb.Cancel(attempt_token="t", reason=pb.Cancel.ABORTED, grace_ms=20))
        await stream.next("cancelled")
        go.set_result(None)


@asynchronous
async def test_what_is_not_acknowledged_is_sent_again_after_a_reconnect() -> None:
    def handler(job: Job) -> None:
        job.log.info("one")
        job.log.info("two")
        job.result("r", "three")

    async with running(JobType(handler, "thread")) as (server, stream, _):
        stream.assign("t")
        await stream.next("event", lambda event: event.sequence == 3)
        stream.ack("t", 1)
        stream.end()
        again = await server.stream()
        held = again.hello.held
        assert [(attempt.attempt_token, attempt.acknowledged_sequence) for attempt in held] == [("t", 1)]
        again.welcome(held=[pb.HeldVerdict(attempt_token="t", valid=True, acknowledged_sequence=2)])
        assert (await again.next("event")).sequence == 3
        again.ack("t", 3)
        assert (await again.next("complete")).last_sequence == 3


@asynchronous
async def test_whoever_logs_faster_than_the_server_takes_it_waits() -> None:
    written = 0

    def handler(job: Job) -> None:
        nonlocal written
        for _ in range(1_500):
            job.log.info("line")
            written += 1

    async with running(JobType(handler, "thread")) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("event", lambda event: event.sequence == 1_000)
        assert written <= 1_000
        stream.ack("t", 1_000)
        last = await stream.next("complete")
        assert last.last_sequence == 1_500


@asynchronous
async def test_a_broken_upload_begins_anew() -> None:
    async def handler(job: AsyncJob) -> None:
        await job.result("copy", b"x" * 300_000, media_type="text/csv")

    async with running(handler) as (server, stream, _):
        server.upload_failures = 1
        stream.assign("t")
        await stream.next("complete")
        assert server.uploads["copy"].data == b"x" * 300_000
        assert server.upload_failures == 0


@asynchronous
async def test_a_broken_download_goes_on_where_it_broke() -> None:
    async def handler(job: AsyncJob) -> None:
        file = job.parameters.file("table")
        await job.result("copy", file.chunks, media_type="text/csv")

    async with running(handler, welcome={"max_inline_result_bytes": 10}) as (server, stream, _):
        server.files["TABLE"] = bytes(range(256)) * 20
        server.download_breaks = 1
        stream.assign("t", parameters=[pb.Parameter(name="TABLE", uploaded=pb.UploadedParameter(size=5_120))])
        await stream.next("complete")
        assert server.uploads["copy"].data == server.files["TABLE"]
        assert server.uploads["copy"].header.media_type == "text/csv"
        assert server.offsets == [0, 1_000]


@asynchronous
async def test_pieces_that_cannot_be_read_again_ask_for_another_attempt() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1_000

    async def handler(job: AsyncJob) -> None:
        await job.result("r", pieces())

    async with running(handler) as (server, stream, _):
        server.upload_failures = 1
        stream.assign("t")
        failure = await stream.next("fail")
        assert failure.retryable and failure.kind == pb.Fail.TRANSIENT
        assert "cannot be read again" in failure.message


@asynchronous
async def test_a_lease_that_runs_out_without_the_server_stops_the_job() -> None:
    told: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    async def handler(job: AsyncJob) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.set_result(job.cancel_reason)

    # No heartbeat goes out, and the server says nothing.
    async with running(handler, welcome={"lease_ms": 300, "heartbeat_ms": 60_000}) as (server, stream, _):
        stream.assign("t")
        await stream.next("accept")
        assert await told == "lease_lost"
        again = await server.stream()
        assert [attempt.attempt_token for attempt in again.hello.held] == ["t"]


@asynchronous
async def test_fenced_ends_the_handler_and_nothing_more_is_said() -> None:
    told: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    async def handler(job: AsyncJob) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.set_result(job.cancel_reason)
            job.log.info("too late")

    async def quick(job: AsyncJob) -> None: ...

    async with running(handler, quick) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("accept")
        stream.send(fenced=pb.Fenced(attempt_token="t"))
        assert await told == "fenced"
        stream.assign("next", "test-1")
        await stream.next("complete")
        assert stream.events() == []
        assert not any(message.WhichOneof("message") in ("cancelled", "fail", "release") for message in stream.seen)


@asynchronous
async def test_drain_waits_for_jobs_then_gives_them_back() -> None:
    async def handler(job: AsyncJob) -> None:
        await asyncio.Event().wait()

    async with running(handler, drain_timeout=0.05) as (_, stream, worker):
        stream.assign("t")
        await stream.next("accept")
        draining = asyncio.ensure_future(worker.drain())
        await stream.next("draining")
        assert (await stream.next("credit")).total_slots == 0
        release = await stream.next("release")
        assert release.reason == "the worker is draining"
        stream.send(ended=pb.Ended(attempt_token="t"))
        await draining
        await worker.closed()


@asynchronous
async def test_a_failure_in_the_handlers_words() -> None:
    async def handler(job: AsyncJob) -> None:
        raise JobFailure("closed", kind="transient", detail="until May", retryable=True, retry_delay=1.5)

    async with running(handler) as (_, stream, _worker):
        stream.assign("t")
        failure = await stream.next("fail")
        assert (failure.kind, failure.message, failure.detail) == (pb.Fail.TRANSIENT, "closed", "until May")
        assert failure.retryable and failure.retry_delay_ms == 1_500


@asynchronous
async def test_release_gives_the_job_back_with_its_state() -> None:
    def handler(job: Job) -> None:
        job.release("no room", b"state")

    async with running(JobType(handler, "thread")) as (_, stream, _worker):
        stream.assign("t")
        release = await stream.next("release")
        assert (release.reason, release.checkpoint) == ("no room", b"state")


@asynchronous
async def test_lines_of_logging_go_to_the_log_of_the_job() -> None:
    lines = logging.getLogger("astronomy")
    lines.setLevel(logging.INFO)
    lines.addHandler(JobLogHandler())
    ready = asyncio.Barrier(2)

    async def handler(job: AsyncJob) -> None:
        await ready.wait()
        lines.warning("of %s", job.job_id)

    async with running(handler, slots=2) as (_, stream, _worker):
        stream.assign("a")
        stream.assign("b")
        for _ in range(2):
            await stream.next("complete")
        said = {(event.attempt_token, event.log.level, event.log.message) for event in stream.events()}
        assert said == {("a", pb.LogLine.WARN, "of job-a"), ("b", pb.LogLine.WARN, "of job-b")}


@asynchronous
async def test_a_refused_worker_gives_up_after_some_tries() -> None:
    async def handler(job: AsyncJob) -> None: ...

    async with gateway() as server:
        server.refuse = grpc.StatusCode.UNAUTHENTICATED
        worker = Worker({"test": handler}, address=server.address, token="uwsw_wrong", refused_delay=0.02, max_refusals=3)
        await worker.start()
        with pytest.raises(WorkerRefused, match="not you"):
            await worker.ready()
        with pytest.raises(WorkerRefused):
            await worker.closed()
        assert server.opened == 3
        assert server.metadata[0]["authorization"] == "Bearer uwsw_wrong"


@asynchronous
async def test_results_of_a_cancelled_job_raise() -> None:
    raised: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def handler(job: Job) -> None:
        job.log.info("begun")
        try:
            job.result("r", "never acknowledged")
        except JobInterrupted as interrupted:
            raised.get_loop().call_soon_threadsafe(raised.set_result, interrupted.reason)
            raise

    async with running(JobType(handler, "thread")) as (_, stream, _worker):
        stream.assign("t")
        await stream.next("event", lambda event: event.HasField("result"))
        stream.send(cancel=pb.Cancel(attempt_token="t", reason=pb.Cancel.ABORTED, grace_ms=10_000))
        assert await raised == "aborted"
        await stream.next("cancelled")
