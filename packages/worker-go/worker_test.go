package uws

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const token = "token-1"

func TestWorkerSaysWhoItIsAndDoesAJob(t *testing.T) {
	server := newScriptedServer(t)
	var seen *Job
	hasDeadline := false
	startWorker(t, server, HandlerFunc(func(ctx context.Context, job *Job) error {
		seen = job
		_, hasDeadline = ctx.Deadline()
		job.Log().Info("begun", "rows", 7)
		job.Progress(0.5, "half", Counters{"rows": 7})
		if err := job.ResultString(ctx, "answer", "text/plain", "42"); err != nil {
			return err
		}
		return job.ResultReference(ctx, "elsewhere", "text/csv", "https://example.org/r", 9)
	}), Options{Name: "unit", Slots: 3, Token: "secret", InstanceID: "me", Labels: map[string]string{"site": "here"}, Descriptions: []string{"name: test"}})
	stream := server.stream()
	if stream.authorization != "Bearer secret" {
		t.Errorf("authorization: %q", stream.authorization)
	}
	hello := take[*workerv1.Hello](stream)
	want := &workerv1.Hello{
		ProtocolVersion: 1, WorkerName: "unit", InstanceId: "me", Sdk: sdk, JobTypes: []string{"test"},
		Labels: map[string]string{"site": "here"}, Descriptions: []string{"name: test"},
	}
	equal(t, hello, want)
	stream.welcome(hello)
	equal(t, take[*workerv1.Credit](stream), &workerv1.Credit{TotalSlots: 3})
	stream.run(&workerv1.Assign{
		AttemptToken: token, JobId: "job-1", RunId: "run", Owner: "me", Attempt: 2, TimeAllowedMs: 60_000, Checkpoint: []byte("state"),
		TraceContext: map[string]string{"traceparent": "00-1-2-01"},
		Parameters:   []*workerv1.Parameter{value("RA", "1.5"), value("dec", "2"), value("Dec", "3")},
	})
	events := stream.eventsUntil(func(event *workerv1.Event) bool { return event.GetResult() != nil })
	if len(events) != 3 || events[0].Sequence != 1 || events[2].Sequence != 3 {
		t.Fatalf("events: %v", events)
	}
	equal(t, events[0].GetLog(), &workerv1.LogLine{Level: workerv1.LogLine_INFO, Message: "begun rows=7"})
	equal(t, events[1].GetProgress(), &workerv1.Progress{Fraction: 0.5, Message: "half", Counters: map[string]float64{"rows": 7}})
	equal(t, events[2].GetResult(), &workerv1.Result{Id: "answer", MediaType: "text/plain", Content: &workerv1.Result_Inline{Inline: []byte("42")}})
	if len(untaken[*workerv1.Event](stream)) > 0 {
		t.Error("the handler did not wait for its result")
	}
	stream.acknowledge(token, 3)
	equal(t, take[*workerv1.Event](stream).GetResult(),
		&workerv1.Result{Id: "elsewhere", MediaType: "text/csv", Content: &workerv1.Result_Reference{Reference: "https://example.org/r"}, Size: 9})
	stream.acknowledge(token, 4)
	equal(t, take[*workerv1.Complete](stream), &workerv1.Complete{AttemptToken: token, LastSequence: 4})
	if ra, _ := seen.Parameters.Get("ra"); ra != "1.5" || !reflect.DeepEqual(seen.Parameters.All("DEC"), []string{"2", "3"}) {
		t.Errorf("parameters: %v", seen.Parameters)
	}
	got := []any{seen.ID, seen.RunID, seen.Owner, seen.Type, seen.TypeVersion, seen.Attempt, string(seen.Checkpoint), seen.TraceContext["traceparent"], hasDeadline}
	if !reflect.DeepEqual(got, []any{"job-1", "run", "me", "test", "1.0.0", 2, "state", "00-1-2-01", true}) {
		t.Errorf("job: %v", got)
	}
}

func TestProgressIsCoalescedAndNeverGoesBack(t *testing.T) {
	server := newScriptedServer(t)
	told := make(chan struct{})
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		for step := 1; step <= 1000; step++ {
			job.Progress(float64(step)/1000, fmt.Sprint("step ", step))
		}
		job.Progress(0.2, "further back")
		job.Log().Info("last")
		<-told
		return nil
	}), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	events := stream.eventsUntil(func(event *workerv1.Event) bool { return event.GetProgress().GetMessage() == "further back" })
	close(told)
	if len(events) > 50 {
		t.Errorf("%d events for 1001 reports", len(events))
	}
	last := 0.0
	for index, event := range events {
		if event.Sequence != uint64(index+1) {
			t.Errorf("event %d has the number %d", index+1, event.Sequence)
		}
		if progress := event.GetProgress(); progress != nil {
			if progress.Fraction < last {
				t.Errorf("the fraction went back from %v to %v", last, progress.Fraction)
			}
			last = progress.Fraction
		}
	}
	if last != 1 {
		t.Errorf("the last fraction is %v", last)
	}
	equal(t, take[*workerv1.Complete](stream), &workerv1.Complete{AttemptToken: token, LastSequence: uint64(len(events))})
}

func TestWhatWasNotAcknowledgedIsSentAgainAndNothingElse(t *testing.T) {
	server := newScriptedServer(t)
	goOn := make(chan struct{})
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		for _, line := range []string{"one", "two", "three"} {
			job.Log().Info(line)
		}
		<-goOn
		return nil
	}), Options{Slots: 2})
	first := server.welcomed()
	first.run(&workerv1.Assign{AttemptToken: token})
	first.eventsUntil(func(event *workerv1.Event) bool { return event.Sequence == 3 })
	first.acknowledge(token, 1)
	// An answer to a later message proves that the acknowledgement was read.
	first.run(&workerv1.Assign{AttemptToken: "other"})
	first.breakOff()
	second := server.stream()
	hello := take[*workerv1.Hello](second)
	for _, held := range hello.Held {
		if held.AttemptToken == token && held.AcknowledgedSequence != 1 {
			t.Errorf("held: %v", held)
		}
	}
	// The server has more than it could say before the stream broke.
	second.welcome(hello, &workerv1.Welcome{Held: []*workerv1.HeldVerdict{{AttemptToken: token, Valid: true, AcknowledgedSequence: 2}}})
	if event := take[*workerv1.Event](second); event.Sequence != 3 {
		t.Errorf("sent again: %v", event)
	}
	close(goOn)
	equal(t, take[*workerv1.Complete](second), &workerv1.Complete{AttemptToken: token, LastSequence: 3})
	if more := untaken[*workerv1.Event](second); len(more) > 0 {
		t.Errorf("more was sent: %v", more)
	}
}

func TestAnAttemptGoesOnWhileTheServerIsAway(t *testing.T) {
	server := newScriptedServer(t)
	away, worked := make(chan struct{}), make(chan struct{})
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		<-away
		for step := range 10 {
			job.Progress(float64(step+1)/10, "")
		}
		job.Log().Warn("alone")
		_ = job.SaveCheckpoint([]byte("a"))
		_ = job.SaveCheckpoint([]byte("b"))
		close(worked)
		return nil
	}), Options{Logger: loggerThat("the stream to the gateway ended", func() { close(away) })})
	first := server.welcomed()
	first.run(&workerv1.Assign{AttemptToken: token})
	server.kill()
	within(t, worked, "the work")
	server.start()
	second := server.stream()
	second.welcome(take[*workerv1.Hello](second))
	equal(t, take[*workerv1.Complete](second), &workerv1.Complete{AttemptToken: token, LastSequence: 3})
	events := untaken[*workerv1.Event](second)
	if len(events) != 3 || events[0].GetLog() == nil || string(events[1].GetCheckpoint().GetState()) != "b" || events[2].GetProgress().GetFraction() != 1 {
		t.Errorf("events: %v", events)
	}
}

func TestAFencedAttemptIsStoppedAndSilent(t *testing.T) {
	server := newScriptedServer(t)
	reason := make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(ctx context.Context, job *Job) error {
		if job.ID != "fenced" {
			return nil
		}
		<-ctx.Done()
		job.Log().Error("too late")
		reason <- context.Cause(ctx)
		return errors.New("too late")
	}), Options{})
	stream := server.welcomed(&workerv1.Welcome{HeartbeatMs: 20})
	stream.run(&workerv1.Assign{AttemptToken: token, JobId: "fenced"})
	take(stream, func(beat *workerv1.Heartbeat) bool {
		return len(beat.AttemptTokens) == 1 && beat.AttemptTokens[0] == token
	})
	stream.fence(token)
	if why := within(t, reason, "the reason"); why != Fenced {
		t.Errorf("reason: %v", why)
	}
	take(stream, func(beat *workerv1.Heartbeat) bool { return len(beat.AttemptTokens) == 0 })
	stream.run(&workerv1.Assign{AttemptToken: "next"})
	take[*workerv1.Complete](stream)
	if count := len(untaken[*workerv1.Event](stream)) + len(untaken[*workerv1.Fail](stream)) + len(untaken[*workerv1.Release](stream)); count > 0 {
		t.Errorf("%d messages after the fence", count)
	}
}

func TestACancelledJobEndsWithTheReason(t *testing.T) {
	for reason, want := range map[workerv1.Cancel_Reason]Interruption{
		workerv1.Cancel_ABORTED: Aborted, workerv1.Cancel_TIMED_OUT: TimedOut, workerv1.Cancel_DESTROYED: Destroyed,
		workerv1.Cancel_REASON_UNSPECIFIED: Aborted, 99: Aborted,
	} {
		t.Run(reason.String(), func(t *testing.T) {
			server := newScriptedServer(t)
			told := make(chan error, 1)
			startWorker(t, server, HandlerFunc(func(ctx context.Context, _ *Job) error {
				<-ctx.Done()
				told <- context.Cause(ctx)
				return nil // Completing all the same changes nothing.
			}), Options{})
			stream := server.welcomed()
			stream.run(&workerv1.Assign{AttemptToken: token})
			stream.cancel(token, reason, time.Hour)
			equal(t, take[*workerv1.Cancelled](stream), &workerv1.Cancelled{AttemptToken: token})
			if why := within(t, told, "the reason"); why != want {
				t.Errorf("reason: %v", why)
			}
			if count := len(untaken[*workerv1.Complete](stream)); count > 0 {
				t.Error("a cancelled job was completed")
			}
		})
	}
}

func TestADeafHandlerIsAbandonedAfterTheGrace(t *testing.T) {
	server := newScriptedServer(t)
	deaf := make(chan struct{})
	defer close(deaf)
	startWorker(t, server, HandlerFunc(func(context.Context, *Job) error {
		<-deaf
		return nil
	}), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	stream.cancel(token, workerv1.Cancel_ABORTED, 20*time.Millisecond)
	equal(t, take[*workerv1.Cancelled](stream), &workerv1.Cancelled{AttemptToken: token})
}

func TestAResultThatWaitsEndsWithTheJob(t *testing.T) {
	server := newScriptedServer(t)
	told := make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		// Whatever context it was given.
		told <- job.ResultString(context.Background(), "r", "text/plain", "x")
		return nil
	}), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	take[*workerv1.Event](stream)
	stream.cancel(token, workerv1.Cancel_ABORTED, time.Hour)
	if err := within(t, told, "the error"); err != Aborted {
		t.Errorf("error: %v", err)
	}
	take[*workerv1.Cancelled](stream)
}

func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		handler func() error
		want    *workerv1.Fail
		detail  string
	}{
		"an error is fatal": {
			func() error { return fmt.Errorf("column x: %w", os.ErrNotExist) },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "column x: file does not exist"}, "wrapError",
		},
		"a Failure speaks for itself, wrapped as well": {
			func() error {
				return fmt.Errorf("more: %w", &Failure{Message: "busy", Kind: Transient, Detail: "later", Retryable: true, Delay: 1500 * time.Millisecond})
			},
			&workerv1.Fail{Kind: workerv1.Fail_TRANSIENT, Message: "busy", Retryable: true, RetryDelayMs: 1500}, "later",
		},
		"a Failure without more tells what it came from": {
			func() error { return &Failure{Message: "broken", Err: errors.New("the root")} },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "broken"}, "the root",
		},
		"a panic is fatal, with its stack": {
			func() error { panic("no such thing") },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "no such thing"}, "TestFailures",
		},
		"the end of the goroutine is fatal": {
			func() error { runtime.Goexit(); return nil },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "the handler ended its goroutine (runtime.Goexit)"}, "",
		},
		"what is no UTF-8 is mended, what is too long is cut": {
			func() error { return errors.New("\xff" + strings.Repeat("é", maxFailureMessage)) },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "\uFFFD" + strings.Repeat("é", maxFailureMessage/2-2)}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newScriptedServer(t)
			startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
				job.Log().Info("before")
				return test.handler()
			}), Options{})
			stream := server.welcomed()
			stream.run(&workerv1.Assign{AttemptToken: token})
			fail := take[*workerv1.Fail](stream)
			if !strings.Contains(fail.Detail, test.detail) {
				t.Errorf("detail: %s", fail.Detail)
			}
			test.want.AttemptToken, test.want.LastSequence, test.want.Detail = token, 1, fail.Detail
			equal(t, fail, test.want)
		})
	}
}

func TestAJobIsGivenBackWithItsCheckpoint(t *testing.T) {
	server := newScriptedServer(t)
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		return job.Release("preempted", []byte("half"))
	}), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	equal(t, take[*workerv1.Release](stream), &workerv1.Release{AttemptToken: token, Reason: "preempted", Checkpoint: []byte("half")})
}

func TestACheckpointThatIsTooLargeIsRefused(t *testing.T) {
	server := newScriptedServer(t)
	errs := make(chan error, 2)
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		state := make([]byte, 10_000)
		errs <- job.SaveCheckpoint(state)
		errs <- job.Release("no room", state)
		return nil
	}), Options{})
	stream := server.welcomed(&workerv1.Welcome{MaxMessageBytes: 10_000})
	stream.run(&workerv1.Assign{AttemptToken: token})
	equal(t, take[*workerv1.Complete](stream), &workerv1.Complete{AttemptToken: token})
	for range 2 {
		if err := <-errs; err == nil || !strings.Contains(err.Error(), "longer than the 5904") {
			t.Errorf("error: %v", err)
		}
	}
}

func TestALostLeaseStopsTheJobAndTheWorkerAsksWhatItHolds(t *testing.T) {
	server := newScriptedServer(t)
	reason := make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(ctx context.Context, _ *Job) error {
		<-ctx.Done()
		reason <- context.Cause(ctx)
		return errors.New("stopped")
	}), Options{})
	// Heartbeats are for later than the lease: no contact, whatever the connection is.
	stream := server.welcomed(&workerv1.Welcome{LeaseMs: 100, HeartbeatMs: 60_000})
	stream.run(&workerv1.Assign{AttemptToken: token})
	if why := within(t, reason, "the reason"); why != LeaseLost {
		t.Errorf("reason: %v", why)
	}
	second := server.stream()
	hello := take[*workerv1.Hello](second)
	equal(t, hello.Held[0], &workerv1.HeldAttempt{AttemptToken: token})
	second.welcome(hello)
	equal(t, take[*workerv1.Release](second), &workerv1.Release{AttemptToken: token, Reason: LeaseLost.Error()})
	if len(untaken[*workerv1.Release](stream))+len(untaken[*workerv1.Fail](stream)) > 0 {
		t.Error("something was said in doubt")
	}
}

func TestAnAttemptWhoseTokenIsNoLongerValidIsStopped(t *testing.T) {
	server := newScriptedServer(t)
	reason := make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(ctx context.Context, _ *Job) error {
		<-ctx.Done()
		reason <- context.Cause(ctx)
		return nil
	}), Options{})
	first := server.welcomed()
	first.run(&workerv1.Assign{AttemptToken: token})
	first.breakOff()
	second := server.stream()
	second.welcome(take[*workerv1.Hello](second), &workerv1.Welcome{Held: []*workerv1.HeldVerdict{{AttemptToken: token}}})
	if why := within(t, reason, "the reason"); why != Fenced {
		t.Errorf("reason: %v", why)
	}
	second.breakOff()
	if held := take[*workerv1.Hello](server.stream()).Held; len(held) > 0 {
		t.Errorf("held: %v", held)
	}
}

func TestWhatIsNotKnownIsIgnored(t *testing.T) {
	server := newScriptedServer(t)
	startWorker(t, server, HandlerFunc(func(context.Context, *Job) error { return nil }), Options{Slots: 5})
	stream := server.welcomed()
	// A message kind with the number 99, of a newer protocol.
	stream.send(messageOf(t, "\x9a\x06\x03abc"))
	stream.send(&workerv1.ServerMessage{})
	for _, nobody := range []*workerv1.ServerMessage{
		ended("nobody"),
		{Message: &workerv1.ServerMessage_Drain{Drain: &workerv1.Drain{}}},
		{Message: &workerv1.ServerMessage_Paused{Paused: &workerv1.Paused{JobType: "test", Paused: true}}},
	} {
		stream.send(nobody)
	}
	stream.cancel("nobody", workerv1.Cancel_ABORTED, 0)
	stream.fence("nobody")
	stream.acknowledge("nobody", 7)
	stream.assign(&workerv1.Assign{AttemptToken: "unknown", JobType: "unknown"})
	stream.run(&workerv1.Assign{AttemptToken: token})
	stream.assign(&workerv1.Assign{AttemptToken: token})
	take[*workerv1.Complete](stream)
	stream.send(ended(token))
	stream.run(&workerv1.Assign{AttemptToken: "next"})
	take[*workerv1.Complete](stream)
	if more := untaken[*workerv1.Accept](stream); len(more) > 0 {
		t.Errorf("accepted: %v", more)
	}
}

func TestNoMoreJobsAreTakenThanThereAreSlots(t *testing.T) {
	server := newScriptedServer(t)
	goOn := make(chan struct{})
	startWorker(t, server, HandlerFunc(func(context.Context, *Job) error { <-goOn; return nil }), Options{Slots: 2})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: "one"})
	stream.run(&workerv1.Assign{AttemptToken: "two"})
	stream.assign(&workerv1.Assign{AttemptToken: "one too many"})
	close(goOn)
	take[*workerv1.Complete](stream)
	stream.send(ended("one"))
	stream.send(ended("two"))
	stream.run(&workerv1.Assign{AttemptToken: "next"})
	if more := untaken[*workerv1.Accept](stream); len(more) > 0 {
		t.Errorf("accepted: %v", more)
	}
}

func TestARefusedWorkerTriesAgainAndGivesUpAtLast(t *testing.T) {
	server := newScriptedServer(t)
	refusal := status.Error(codes.Unauthenticated, "unknown token")
	server.refuse(refusal, refusal)
	worker := startWorker(t, server, HandlerFunc(untilCancelled), Options{MaxRefusals: 3, RefusedDelay: time.Millisecond})
	// Twice is not too often.
	stream := server.welcomed()
	server.refuse(status.Error(codes.PermissionDenied, "not this type"), refusal, refusal)
	stream.breakOff()
	var refused *RefusedError
	if err := wait(t, worker); !errors.As(err, &refused) || refused.Code != codes.Unauthenticated || refused.Message != "unknown token" {
		t.Errorf("error: %v", err)
	}
}

func TestADrainFinishesWhatRunsAndTakesNothingNew(t *testing.T) {
	server := newScriptedServer(t)
	goOn := make(chan struct{})
	worker := startWorker(t, server, HandlerFunc(func(context.Context, *Job) error { <-goOn; return nil }), Options{Slots: 2})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	go worker.Drain()
	take[*workerv1.Draining](stream)
	equal(t, take[*workerv1.Credit](stream), &workerv1.Credit{})
	// It is said again on each new stream.
	stream.breakOff()
	stream = server.stream()
	stream.welcome(take[*workerv1.Hello](stream))
	take[*workerv1.Draining](stream)
	equal(t, take[*workerv1.Credit](stream), &workerv1.Credit{})
	close(goOn)
	take[*workerv1.Complete](stream)
	stream.send(ended(token))
	if err := wait(t, worker); err != nil {
		t.Error(err)
	}
	within(t, stream.gone, "the end of the stream")
}

func TestADrainGivesBackWhatDoesNotEndInTime(t *testing.T) {
	server := newScriptedServer(t)
	worker := startWorker(t, server, HandlerFunc(func(ctx context.Context, job *Job) error {
		<-ctx.Done()
		if context.Cause(ctx) != Draining {
			return context.Cause(ctx)
		}
		return job.Release("told to", []byte("state"))
	}), Options{DrainTimeout: time.Millisecond})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	go worker.Drain()
	equal(t, take[*workerv1.Release](stream), &workerv1.Release{AttemptToken: token, Reason: "told to", Checkpoint: []byte("state")})
	stream.send(ended(token))
	wait(t, worker)
}

func TestAStopGivesBackWhatDoesNotEndAtAll(t *testing.T) {
	server := newScriptedServer(t)
	deaf := make(chan struct{})
	defer close(deaf)
	worker := startWorker(t, server, HandlerFunc(func(context.Context, *Job) error { <-deaf; return nil }), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	go worker.Stop()
	equal(t, take[*workerv1.Release](stream), &workerv1.Release{AttemptToken: token, Reason: "the worker was stopped"})
	stream.send(ended(token))
	wait(t, worker)
}

func TestAWorkerStopsThatNeverFoundItsServer(t *testing.T) {
	server := newScriptedServer(t)
	server.kill()
	worker := startWorker(t, server, HandlerFunc(untilCancelled), Options{})
	worker.Stop()
	if err := wait(t, worker); err != nil {
		t.Error(err)
	}
}

func TestEventsOfManyJobsCrossAServerThatComesAndGoes(t *testing.T) {
	const jobs, lines = 20, 50
	server := newScriptedServer(t)
	startWorker(t, server, HandlerFunc(func(_ context.Context, job *Job) error {
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				for line := range lines / 5 {
					job.Log().Info(fmt.Sprint(line))
					job.Progress(float64(line)/lines, "")
				}
			})
		}
		group.Wait()
		return nil
	}), Options{Slots: jobs})
	stream := server.welcomed()
	for job := range jobs {
		stream.run(&workerv1.Assign{AttemptToken: fmt.Sprint("t", job)})
	}
	for range 5 {
		stream.breakOff()
		next := server.stream()
		next.welcome(take[*workerv1.Hello](next))
		take[*workerv1.Credit](next)
		stream = next
	}
	for range jobs {
		complete := take[*workerv1.Complete](stream)
		last := uint64(0)
		for _, event := range untaken[*workerv1.Event](stream) {
			if event.AttemptToken != complete.AttemptToken {
				continue
			}
			if event.Sequence != last+1 {
				t.Errorf("%s: %d after %d", event.AttemptToken, event.Sequence, last)
			}
			last = event.Sequence
		}
		// Nothing was ever acknowledged: the last stream has it all.
		if last != complete.LastSequence || last < lines {
			t.Errorf("%s: %d of %d", complete.AttemptToken, last, complete.LastSequence)
		}
	}
}

func TestWrongOptionsStartNothing(t *testing.T) {
	nothing := Jobs{"test": HandlerFunc(untilCancelled)}
	for want, test := range map[string]struct {
		options Options
		jobs    Jobs
	}{
		"at least one job type":     {Options{}, nil},
		"needs a name":              {Options{}, Jobs{"": HandlerFunc(untilCancelled)}},
		"a handler":                 {Options{}, Jobs{"test": nil}},
		"Slots must be":             {Options{Slots: -1}, nothing},
		"must not be below 0":       {Options{DrainTimeout: -1}, nothing},
		"must be https://host:port": {Options{Address: "nowhere"}, nothing},
		"printable ASCII":           {Options{Token: "two words"}, nothing},
		"not sent to":               {Options{Token: "secret", Address: "example.org:1"}, nothing},
		"UWS_CA":                    {Options{TLS: &TLS{CA: []byte("none")}}, nothing},
		"UWS_KEY":                   {Options{TLS: &TLS{Certificate: []byte("none"), Key: []byte("none")}}, nothing},
	} {
		if worker, err := Start(test.options, test.jobs); worker != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func value(name, text string) *workerv1.Parameter {
	return &workerv1.Parameter{Name: name, Content: &workerv1.Parameter_Value{Value: text}}
}

func messageOf(t *testing.T, wire string) *workerv1.ServerMessage {
	t.Helper()
	message := &workerv1.ServerMessage{}
	if err := proto.Unmarshal([]byte(wire), message); err != nil {
		t.Fatal(err)
	}
	return message
}

func equal(t *testing.T, got, want proto.Message) {
	t.Helper()
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func wait(t *testing.T, worker *Worker) error {
	t.Helper()
	within(t, worker.Done(), "the end of the worker")
	return worker.Wait()
}
