package uwstest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"testing"
	"time"

	uws "bun-uws/worker"
	"bun-uws/worker/uwstest"
)

func TestRunHandlerTellsAllThatAHandlerDid(t *testing.T) {
	run := uwstest.RunHandler(t.Context(), uws.HandlerFunc(func(ctx context.Context, job *uws.Job) error {
		name, _ := job.Parameters.Get("name")
		file, err := job.Parameters.File("table").OpenAt(ctx, 2)
		if err != nil {
			return err
		}
		rest, err := io.ReadAll(file)
		if err != nil {
			return err
		}
		job.Log().Warn("careful", "rows", 2)
		job.Progress(0.5, "half", uws.Counters{"rows": 2})
		job.Progress(0.25, "back")
		if err := job.SaveCheckpoint([]byte("state")); err != nil {
			return err
		}
		if _, ok := ctx.Deadline(); !ok || string(job.Checkpoint) != "before" {
			return errors.New("something is missing")
		}
		if err := job.ResultReference(ctx, "elsewhere", "text/csv", "https://example.org", 0); err != nil {
			return err
		}
		return job.ResultString(ctx, "greeting", "text/plain", "Hello, "+name+": "+string(rest))
	}), uwstest.Options{
		Parameters:  [][2]string{{"NAME", "Ada"}},
		Files:       []uwstest.File{{Name: "TABLE", Content: []byte("a,b")}},
		Checkpoint:  []byte("before"),
		TimeAllowed: time.Minute,
	})
	if run.Outcome != uwstest.Completed || run.Results["greeting"].Text() != "Hello, Ada: b" ||
		run.Results["elsewhere"].Reference != "https://example.org" || string(run.Checkpoint) != "state" {
		t.Errorf("run: %+v", run)
	}
	if want := []uwstest.Log{{Level: slog.LevelWarn, Message: "careful rows=2"}}; !reflect.DeepEqual(run.Logs, want) {
		t.Errorf("logs: %v", run.Logs)
	}
	if len(run.Progress) != 2 || run.Progress[1].Fraction != 0.5 || run.Progress[0].Counters["rows"] != 2 {
		t.Errorf("progress: %v", run.Progress)
	}
}

func TestRunHandlerTellsHowAHandlerEnded(t *testing.T) {
	failed := uwstest.RunHandler(t.Context(), uws.HandlerFunc(func(context.Context, *uws.Job) error { panic("oh") }), uwstest.Options{})
	if failed.Outcome != uwstest.Failed || failed.Failure.Message != "oh" {
		t.Errorf("failed: %+v", failed)
	}
	released := uwstest.RunHandler(t.Context(), uws.HandlerFunc(func(_ context.Context, job *uws.Job) error {
		return job.Release("later", []byte("state"))
	}), uwstest.Options{})
	if released.Outcome != uwstest.Released || released.Err.Error() != "later" || string(released.Checkpoint) != "state" {
		t.Errorf("released: %+v", released)
	}
}

func TestRunHandlerCancelsAsAServerWould(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(uws.TimedOut)
	run := uwstest.RunHandler(ctx, uws.HandlerFunc(func(ctx context.Context, job *uws.Job) error {
		return job.ResultString(context.Background(), "r", "text/plain", "too late")
	}), uwstest.Options{})
	if !errors.Is(run.Err, uws.TimedOut) || len(run.Results) > 0 {
		t.Errorf("run: %+v", run)
	}
}
