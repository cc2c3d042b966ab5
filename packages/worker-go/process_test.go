package uws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
)

// processJobs are the handlers that run in processes of their own: each is a job type. The test's program is the job's as well.
func processJobs() Jobs {
	jobs := Jobs{}
	for name, handler := range map[string]HandlerFunc{
		"everything": everything,
		"fails": func(context.Context, *Job) error {
			return &Failure{Message: "closed", Kind: Transient, Detail: "for the night", Retryable: true, Delay: 7 * time.Millisecond}
		},
		"panics":   func(context.Context, *Job) error { panic("a mistake") },
		"releases": func(_ context.Context, job *Job) error { return job.Release("later", []byte("state")) },
		"exits": func(_ context.Context, job *Job) error {
			for line := range 2000 {
				fmt.Fprintf(os.Stderr, "line %d of what went wrong: äöü\n", line)
			}
			job.Log().Info("last words")
			status, _ := job.Parameters.Get("STATUS")
			os.Exit(int(status[0] - '0'))
			return nil
		},
		"crashes": func(ctx context.Context, _ *Job) error {
			go func() { panic("nobody caught this") }()
			<-ctx.Done()
			return nil
		},
		"killed": func(ctx context.Context, _ *Job) error {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			<-ctx.Done()
			return nil
		},
		"obedient": func(ctx context.Context, job *Job) error {
			job.Progress(0.1, "begun", Counters{"pid": float64(os.Getpid())})
			<-ctx.Done()
			return job.Release(string(context.Cause(ctx).(Interruption)), []byte("tidy"))
		},
		"deaf":   deaf,
		"leaves": leavesSomethingBehind,
	} {
		jobs[name] = ProcessPerJob(handler)
	}
	jobs["crashes again"] = ProcessPerJob(HandlerFunc(func(context.Context, *Job) error { os.Exit(3); return nil }), RetryCrashes())
	return jobs
}

// everything is what a handler can see and say.
func everything(ctx context.Context, job *Job) error {
	fmt.Println("on stdout")
	fmt.Fprintln(os.Stderr, "on stderr")
	job.Log().Info("begun")
	job.Progress(0.5, "half")
	if err := job.SaveCheckpoint([]byte("halfway")); err != nil {
		return err
	}
	file, err := job.Parameters.File("TABLE").Open(ctx)
	if err != nil {
		return err
	}
	table, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	ra, _ := job.Parameters.Get("ra")
	_, hasDeadline := ctx.Deadline()
	seen, _ := json.Marshal([]any{job.ID, job.RunID, job.Owner, job.Type, job.Attempt, string(job.Checkpoint), ra, string(table), hasDeadline, os.Getenv(jobProcessVariable)})
	if err := job.ResultBytes(ctx, "seen", "application/json", seen); err != nil {
		return err
	}
	return job.ResultString(ctx, "large", "text/plain", strings.Repeat("x", 300_000))
}

// deaf does not end by itself, and is not alone.
func deaf(_ context.Context, job *Job) error {
	sleeper := exec.Command("sleep", "1000")
	if err := sleeper.Start(); err != nil {
		return err
	}
	job.Progress(0.1, "begun", Counters{"pid": float64(os.Getpid()), "sleeper": float64(sleeper.Process.Pid)})
	for {
	}
}

// leavesSomethingBehind is done, but something of it goes on.
func leavesSomethingBehind(_ context.Context, job *Job) error {
	sleeper := exec.Command("sleep", "1000")
	sleeper.Stdout, sleeper.Stderr = os.Stdout, os.Stderr
	if err := sleeper.Start(); err != nil {
		return err
	}
	job.Progress(0.1, "begun", Counters{"sleeper": float64(sleeper.Process.Pid)})
	return nil
}

// startProcessWorker starts a worker for those jobs, and gives its stream.
func startProcessWorker(t *testing.T, server *scriptedServer, options Options) *scriptedStream {
	t.Helper()
	options.Address = server.address
	if options.Logger == nil {
		options.Logger = silent
	}
	worker, err := Start(options, processJobs())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.endEverything()
		worker.Stop()
	})
	stream := server.welcomed()
	stream.acknowledgeEverything()
	return stream
}

func TestAJobInAProcessSeesAndSaysEverything(t *testing.T) {
	server := newScriptedServer(t)
	server.files["TABLE"] = []byte(strings.Repeat("a,b\n", 100))
	lines := make(chan string, 100)
	logger := slog.New(slog.NewTextHandler(writerFunc(func(line string) { lines <- line }), nil))
	stream := startProcessWorker(t, server, Options{Token: "secret", Logger: logger})
	table := &workerv1.Parameter{Name: "TABLE", Content: &workerv1.Parameter_Uploaded{Uploaded: &workerv1.UploadedParameter{Size: 400}}}
	stream.run(&workerv1.Assign{
		AttemptToken: token, JobId: "job-1", RunId: "run", Owner: "me", JobType: "everything", Attempt: 2, TimeAllowedMs: 60_000,
		Checkpoint: []byte("state"), Parameters: []*workerv1.Parameter{value("RA", "1.5"), table},
	})
	events := stream.eventsUntil(func(event *workerv1.Event) bool { return event.GetResult() != nil })
	equal(t, events[0].GetLog(), &workerv1.LogLine{Level: workerv1.LogLine_INFO, Message: "begun"})
	var seen []any
	if err := json.Unmarshal(events[len(events)-1].GetResult().GetInline(), &seen); err != nil {
		t.Fatal(err)
	}
	upload := within(t, server.uploads, "an upload")
	want := []any{"job-1", "run", "me", "everything", 2.0, "state", "1.5", strings.Repeat("a,b\n", 100), true, ""}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("seen: %v", seen)
	}
	if len(upload.data) != 300_000 || upload.header.AttemptToken != token || upload.authorization != "Bearer secret" {
		t.Errorf("upload: %v, %d bytes, %s", upload.header, len(upload.data), upload.authorization)
	}
	take[*workerv1.Complete](stream)
	all := strings.Join(drained(lines), "")
	if !strings.Contains(all, "on stdout") || !strings.Contains(all, "on stderr") {
		t.Errorf("the worker's log: %s", all)
	}
}

func TestTheProcessOfAJobTellsHowItEnds(t *testing.T) {
	server := newScriptedServer(t)
	stream := startProcessWorker(t, server, Options{Slots: 20})
	fail := func(jobType string, parameters ...*workerv1.Parameter) *workerv1.Fail {
		t.Helper()
		stream.run(&workerv1.Assign{AttemptToken: jobType, JobType: jobType, Parameters: parameters})
		fail := take[*workerv1.Fail](stream)
		stream.send(ended(jobType))
		return fail
	}
	equal(t, fail("fails"), &workerv1.Fail{
		AttemptToken: "fails", Kind: workerv1.Fail_TRANSIENT, Message: "closed", Detail: "for the night", Retryable: true, RetryDelayMs: 7,
	})
	if got := fail("panics"); got.Message != "a mistake" || got.Kind != workerv1.Fail_FATAL || !strings.Contains(got.Detail, "process_test.go") {
		t.Errorf("panics: %v", got)
	}
	exits := fail("exits", value("STATUS", "3"))
	if exits.Message != "the job's process ended with exit status 3" || exits.Kind != workerv1.Fail_FATAL || exits.Retryable || exits.LastSequence != 1 {
		t.Errorf("exits: %v", exits)
	}
	if tail := exits.Detail; len(tail) < stderrTail-4 || len(tail) > stderrTail+100 || !strings.HasSuffix(tail, "line 1999 of what went wrong: äöü\n") || strings.Contains(tail, "\uFFFD") {
		t.Errorf("%d bytes of stderr: %s", len(tail), tail)
	}
	if got := fail("exits", value("STATUS", "0")); got.Message != "the job's process ended with exit status 0, before its handler had returned" {
		t.Errorf("exits with 0: %v", got)
	}
	if got := fail("crashes"); got.Message != "the job's process ended with exit status 2" || !strings.Contains(got.Detail, "nobody caught this") {
		t.Errorf("crashes: %v", got)
	}
	if got := fail("crashes again"); !got.Retryable {
		t.Errorf("crashes again: %v", got)
	}
	if got := fail("killed"); got.Message != "the job's process was killed by SIGKILL (out of memory?)" || got.Kind != workerv1.Fail_TRANSIENT || got.Retryable {
		t.Errorf("killed: %v", got)
	}
	stream.run(&workerv1.Assign{AttemptToken: "back", JobType: "releases"})
	equal(t, take[*workerv1.Release](stream), &workerv1.Release{AttemptToken: "back", Reason: "later", Checkpoint: []byte("state")})
}

func TestACancelledProcessMayTidyUp(t *testing.T) {
	server := newScriptedServer(t)
	stream := startProcessWorker(t, server, Options{})
	stream.run(&workerv1.Assign{AttemptToken: token, JobType: "obedient"})
	pid := pidOf(take[*workerv1.Event](stream), "pid")
	stream.cancel(token, workerv1.Cancel_TIMED_OUT, time.Hour)
	take[*workerv1.Cancelled](stream)
	isGone(t, pid)
}

func TestADeafProcessIsKilledWithAllThatItStarted(t *testing.T) {
	server := newScriptedServer(t)
	stream := startProcessWorker(t, server, Options{})
	stream.run(&workerv1.Assign{AttemptToken: token, JobType: "deaf"})
	begun := take[*workerv1.Event](stream)
	stream.cancel(token, workerv1.Cancel_ABORTED, 20*time.Millisecond)
	take[*workerv1.Cancelled](stream)
	// Not later: the slot is free now.
	isGone(t, pidOf(begun, "pid"))
	isGone(t, pidOf(begun, "sleeper"))
}

func TestWhatAJobLeavesBehindIsEnded(t *testing.T) {
	server := newScriptedServer(t)
	stream := startProcessWorker(t, server, Options{})
	stream.run(&workerv1.Assign{AttemptToken: token, JobType: "leaves"})
	begun := take[*workerv1.Event](stream)
	take[*workerv1.Complete](stream)
	isGone(t, pidOf(begun, "sleeper"))
}

func TestTheProcessOfAJobEndsWithItsWorker(t *testing.T) {
	server := newScriptedServer(t)
	worker := exec.Command(os.Args[0])
	worker.Env = append(os.Environ(), "UWS_TEST_WORKER=1", "UWS_GATEWAY="+server.address)
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = worker.Process.Kill(); _ = worker.Wait() })
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token, JobType: "deaf"})
	begun := take[*workerv1.Event](stream)
	if err := worker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = worker.Wait()
	for _, name := range []string{"pid", "sleeper"} {
		becomesGone(t, pidOf(begun, name))
	}
}

func TestAProcessThatNeverComesToItsJobEndsWithItsWorkerToo(t *testing.T) {
	server := newScriptedServer(t)
	path := filepath.Join(t.TempDir(), "pid")
	worker := exec.Command(os.Args[0])
	worker.Env = append(os.Environ(), "UWS_TEST_WORKER=1", "UWS_TEST_STUCK="+path, "UWS_GATEWAY="+server.address)
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = worker.Process.Kill(); _ = worker.Wait() })
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token, JobType: "deaf"})
	var text []byte
	for begun := time.Now(); len(text) == 0; time.Sleep(5 * time.Millisecond) {
		if text, _ = os.ReadFile(path); time.Since(begun) > patience {
			t.Fatal("the process did not begin")
		}
	}
	_ = worker.Process.Kill()
	_ = worker.Wait()
	pid, _ := strconv.Atoi(string(text))
	becomesGone(t, pid)
}

func TestASignalDrainsAndASecondOneStops(t *testing.T) {
	for _, signals := range []int{1, 2} {
		server := newScriptedServer(t)
		worker := exec.Command(os.Args[0])
		worker.Env = append(os.Environ(), "UWS_TEST_WORKER=1", "UWS_GATEWAY="+server.address)
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = worker.Process.Kill(); _ = worker.Wait() })
		stream := server.welcomed()
		stream.run(&workerv1.Assign{AttemptToken: token, JobType: "obedient"})
		take[*workerv1.Event](stream)
		_ = worker.Process.Signal(syscall.SIGTERM)
		take[*workerv1.Draining](stream)
		if signals == 1 {
			stream.cancel(token, workerv1.Cancel_ABORTED, time.Hour)
			take[*workerv1.Cancelled](stream)
		} else {
			_ = worker.Process.Signal(syscall.SIGTERM)
			equal(t, take[*workerv1.Release](stream), &workerv1.Release{AttemptToken: token, Reason: "stopped", Checkpoint: []byte("tidy")})
		}
		stream.send(ended(token))
		err := worker.Wait()
		if status := worker.ProcessState.ExitCode(); status != signals-1 {
			t.Errorf("after %d signals the worker ended with %d: %v", signals, status, err)
		}
	}
}

// workerProcess is the main of a worker that a test starts as a process.
func workerProcess() int {
	err := Run(context.Background(), Options{Logger: silent}, processJobs())
	if errors.Is(err, ErrStopped) {
		return 1
	}
	if err != nil {
		return 2
	}
	return 0
}

type writerFunc func(string)

func (w writerFunc) Write(text []byte) (int, error) { w(string(text)); return len(text), nil }

// drained is all that has come.
func drained(from chan string) []string {
	var all []string
	for {
		select {
		case one := <-from:
			all = append(all, one)
		default:
			return all
		}
	}
}

func pidOf(event *workerv1.Event, name string) int {
	return int(event.GetProgress().GetCounters()[name])
}

// isRunning: a zombie that nobody reaps runs no more.
func isRunning(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}

func isGone(t *testing.T, pid int) {
	t.Helper()
	if pid == 0 || isRunning(pid) {
		t.Errorf("process %d still runs", pid)
	}
}

func becomesGone(t *testing.T, pid int) {
	t.Helper()
	for begun := time.Now(); pid == 0 || isRunning(pid); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatalf("process %d still runs", pid)
		}
	}
}
