package uws

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// silent is for workers of tests.
var silent = slog.New(slog.DiscardHandler)

func TestMain(m *testing.M) {
	switch {
	case IsJobProcess():
		if path := os.Getenv("UWS_TEST_STUCK"); path != "" {
			// A main that does not come to Start.
			_ = os.WriteFile(path+".new", []byte(strconv.Itoa(os.Getpid())), 0o600)
			_ = os.Rename(path+".new", path)
			select {}
		}
		_, _ = Start(Options{}, processJobs())
	case os.Getenv("UWS_TEST_WORKER") != "":
		os.Exit(workerProcess())
	}
	os.Exit(m.Run())
}

// startWorker starts a worker for jobs of type "test", which ends with the test.
func startWorker(t *testing.T, server *scriptedServer, handler Handler, options Options) *Worker {
	t.Helper()
	options.Address = server.address
	if options.Logger == nil {
		options.Logger = silent
	}
	worker, err := Start(options, Jobs{"test": handler})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.endEverything()
		worker.Stop()
	})
	return worker
}

// untilCancelled is a handler that returns why its job was cancelled.
func untilCancelled(ctx context.Context, _ *Job) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// loggerThat does something at the first line that begins so.
func loggerThat(begin string, then func()) *slog.Logger {
	return slog.New(&watchingHandler{Handler: slog.DiscardHandler, begin: begin, then: sync.OnceFunc(then)})
}

type watchingHandler struct {
	slog.Handler
	begin string
	then  func()
}

func (h *watchingHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *watchingHandler) Handle(_ context.Context, record slog.Record) error {
	if strings.HasPrefix(record.Message, h.begin) {
		h.then()
	}
	return nil
}
