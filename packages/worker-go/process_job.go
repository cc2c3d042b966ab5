package uws

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/protobuf/proto"
)

// inJobProcess is decided before main: until Run is reached, too, the process shall end with its worker.
var inJobProcess = becomeJobProcess()

// IsJobProcess tells whether this process was made for one job, see [ProcessPerJob]. What a main does for the worker alone, it can
// leave out then.
func IsJobProcess() bool { return inJobProcess }

func becomeJobProcess() bool {
	if !processesSupported || os.Getenv(jobProcessVariable) == "" {
		return false
	}
	// What this process starts is not the process of a job.
	_ = os.Unsetenv(jobProcessVariable)
	ownFiles()
	offerToOutOfMemoryKiller()
	// Whoever stops a service tells each of its processes. The worker decides what becomes of its jobs.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, os.Interrupt, syscall.SIGHUP)
	go func() {
		// Nothing is ever written there.
		_, _ = io.Copy(io.Discard, os.NewFile(lifelineFile, "lifeline"))
		endWithWorker()
	}()
	return true
}

// runJobHere runs the one job of this process and ends it.
func runJobHere(jobs Jobs) {
	host := &hostPipes{
		to:      newPipeWriter(os.NewFile(toWorkerFile, "to the worker")),
		started: make(chan *startJob, 1),
		waiting: map[uint64]chan struct{}{},
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	go host.listen(os.NewFile(fromWorkerFile, "from the worker"), cancel)
	host.say(fromJob{Ready: true})
	start := <-host.started
	host.say(fromJob{Outcome: outcomeOf(host.run(ctx, start, jobs))})
	os.Exit(0)
}

// hostPipes are the events of a job, seen from its process: they are written at once, and the worker takes them from there. Nothing
// waits in this process but results, of which each keeps its caller waiting.
type hostPipes struct {
	to      *pipeWriter
	started chan *startJob

	mu sync.Mutex
	// last is the number of the last result.
	last    uint64
	waiting map[uint64]chan struct{}
}

func (h *hostPipes) listen(pipe io.Reader, cancel context.CancelCauseFunc) {
	decoder := gob.NewDecoder(pipe)
	for {
		var message toJob
		if err := decoder.Decode(&message); err != nil {
			endWithWorker()
		}
		switch {
		case message.Start != nil:
			h.started <- message.Start
		case message.Interrupted != "":
			cancel(message.Interrupted)
		default:
			h.stored(message.Stored)
		}
	}
}

func (h *hostPipes) run(ctx context.Context, start *startJob, jobs Jobs) error {
	assign := &workerv1.Assign{}
	if err := proto.Unmarshal(start.Assign, assign); err != nil {
		return err
	}
	handler := jobs[assign.JobType]
	if handler == nil {
		return fmt.Errorf("the job's process does not know the job type %s: its main has come to another Run", assign.JobType)
	}
	connection, err := newConnection(start.Connect)
	if err != nil {
		return err
	}
	limits := func() sessionLimits { return start.Limits }
	ctx = withDeadline(ctx, milliseconds(assign.TimeAllowedMs))
	return runHandler(ctx, handler, newJob(ctx, assign, jobResources{h, connection, limits}))
}

func (h *hostPipes) say(message fromJob) {
	if err := h.to.write(message); err != nil {
		endWithWorker()
	}
}

func (h *hostPipes) event(event *workerv1.Event) {
	encoded, err := proto.Marshal(event)
	if err != nil {
		// Texts were made valid, nothing else can be wrong.
		panic(err)
	}
	h.say(fromJob{Event: encoded})
}

func (h *hostPipes) progress(progress *workerv1.Progress) {
	h.event(&workerv1.Event{Event: &workerv1.Event_Progress{Progress: progress}})
}

func (h *hostPipes) log(line *workerv1.LogLine) {
	h.event(&workerv1.Event{Event: &workerv1.Event_Log{Log: line}})
}

func (h *hostPipes) checkpoint(checkpoint *workerv1.Checkpoint) {
	h.event(&workerv1.Event{Event: &workerv1.Event_Checkpoint{Checkpoint: checkpoint}})
}

func (h *hostPipes) result(ctx context.Context, result *workerv1.Result) error {
	stored := make(chan struct{})
	h.mu.Lock()
	h.last++
	number := h.last
	h.waiting[number] = stored
	h.mu.Unlock()
	h.event(&workerv1.Event{Sequence: number, Event: &workerv1.Event_Result{Result: result}})
	select {
	case <-stored:
		return nil
	case <-ctx.Done():
		h.stored(number)
		return context.Cause(ctx)
	}
}

func (h *hostPipes) stored(number uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if waiting := h.waiting[number]; waiting != nil {
		close(waiting)
		delete(h.waiting, number)
	}
}

func outcomeOf(err error) *outcome {
	var back *released
	switch {
	case err == nil:
		return &outcome{}
	case errors.As(err, &back):
		return &outcome{Released: true, Reason: back.reason, Checkpoint: back.checkpoint}
	}
	failure := failureOf(err)
	return &outcome{Failure: &sentFailure{
		Message:   failure.Message,
		Kind:      failure.Kind,
		Detail:    failure.detail(),
		Retryable: failure.Retryable,
		Delay:     failure.Delay,
	}}
}
