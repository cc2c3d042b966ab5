package uws

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"

	workerv1 "bun-uws/worker/v1"
)

const (
	// A line that goes into every listing of the job is kept short; a log line may be longer. Bytes.
	maxProgressMessage = 1024
	maxCounterNames    = 1024
	maxLogMessage      = 64 << 10
)

// Counters are numbers that go along with progress, by name.
type Counters map[string]float64

// Job is a job as its handler sees it. Its methods may be called by several goroutines.
type Job struct {
	ID string
	// RunID is what the client called it, empty if nothing.
	RunID string
	// Owner is empty for a job of nobody's.
	Owner       string
	Type        string
	TypeVersion string
	// Attempt counts from 1.
	Attempt    int
	Parameters Parameters
	// Checkpoint is the state that an earlier attempt left (see SaveCheckpoint and Release), nil if none.
	Checkpoint []byte
	// TraceContext has W3C traceparent and tracestate.
	TraceContext map[string]string

	ctx      context.Context
	token    string
	reporter reporter
	transfer transfer
	limits   func() sessionLimits

	mu       sync.Mutex
	fraction float64
}

// reporter is where the events of a job go.
type reporter interface {
	progress(*workerv1.Progress)
	log(*workerv1.LogLine)
	checkpoint(*workerv1.Checkpoint)
	// result returns when the server has it.
	result(context.Context, *workerv1.Result) error
}

// transfer moves what is too large for an event.
type transfer interface {
	upload(ctx context.Context, upload upload) error
	download(ctx, job context.Context, token string, file *File, offset int64) io.ReadCloser
}

// jobResources are what an attempt lends to its job.
type jobResources struct {
	reporter reporter
	transfer transfer
	limits   func() sessionLimits
}

func newJob(ctx context.Context, assign *workerv1.Assign, resources jobResources) *Job {
	job := &Job{
		ID:           assign.JobId,
		RunID:        assign.RunId,
		Owner:        assign.Owner,
		Type:         assign.JobType,
		TypeVersion:  assign.JobTypeVersion,
		Attempt:      int(assign.Attempt),
		Checkpoint:   assign.Checkpoint,
		TraceContext: assign.TraceContext,
		ctx:          ctx,
		token:        assign.AttemptToken,
		reporter:     resources.reporter,
		transfer:     resources.transfer,
		limits:       resources.limits,
	}
	for _, sent := range assign.Parameters {
		job.Parameters = append(job.Parameters, job.parameter(sent))
	}
	return job
}

func (j *Job) parameter(sent *workerv1.Parameter) Parameter {
	uploaded := sent.GetUploaded()
	if uploaded == nil {
		return Parameter{Name: sent.Name, Value: sent.GetValue()}
	}
	file := &File{
		Name:      sent.Name,
		Filename:  uploaded.Filename,
		MediaType: uploaded.MediaType,
		Size:      int64(min(uploaded.Size, math.MaxInt64)),
	}
	file.open = func(ctx context.Context, offset int64) (io.ReadCloser, error) {
		if err := j.over(ctx); err != nil {
			return nil, err
		}
		return j.transfer.download(ctx, j.ctx, j.token, file, offset), nil
	}
	return Parameter{Name: sent.Name, File: file}
}

// Progress says how far the job is, 0 to 1. Call it as often as you like: only the newest is sent, some ten times a second, and the
// fraction never goes back. 1 KiB of the message is kept, and as many counters as have 1 KiB of names.
func (j *Job) Progress(fraction float64, message string, counters ...Counters) {
	progress := &workerv1.Progress{Message: j.text(message, maxProgressMessage), Counters: counted(counters)}
	j.mu.Lock()
	defer j.mu.Unlock()
	// What is no number is not above anything.
	if fraction > j.fraction {
		j.fraction = min(1, fraction)
	}
	progress.Fraction = j.fraction
	j.reporter.progress(progress)
}

// counted puts the counters together, by their names as far as there is room.
func counted(counters []Counters) map[string]float64 {
	all := map[string]float64{}
	room := maxCounterNames
	for _, some := range counters {
		for _, name := range slices.Sorted(maps.Keys(some)) {
			// Its place in the message counts as well.
			valid := fitting(name, maxCounterNames)
			if room -= len(valid) + 16; room < 0 {
				return all
			}
			all[valid] = some[name]
		}
	}
	return all
}

// text is what a handler says in words: it must fit into a message, too.
func (j *Job) text(text string, maxBytes int) string {
	return fitting(text, min(maxBytes, int(j.limits().maxPayload())))
}

// Log returns a logger whose records go to the job's log, kept by the server: the message and the attributes as key=value. 64 KiB of
// a record are kept. When the server is too slow, or away, for long, records are dropped, and the log says how many.
func (j *Job) Log() *slog.Logger { return slog.New(&logHandler{job: j}) }

// SaveCheckpoint leaves state from which another attempt can go on. The last one counts. It fails, and leaves the last one, when
// the state is larger than a message of the server may be (some 4 MiB).
func (j *Job) SaveCheckpoint(state []byte) error {
	if err := j.checkSize(state); err != nil {
		return err
	}
	j.reporter.checkpoint(&workerv1.Checkpoint{State: append([]byte{}, state...)})
	return nil
}

// Release makes what a handler returns to give the job back without spending an attempt. The checkpoint is nil to leave the last
// one as it is.
//
//	return job.Release("the disk is full", nil)
func (j *Job) Release(reason string, checkpoint []byte) error {
	if err := j.checkSize(checkpoint); err != nil {
		return err
	}
	return &released{reason: reason, checkpoint: checkpoint}
}

func (j *Job) checkSize(state []byte) error {
	if most := j.limits().maxPayload(); int64(len(state)) > most {
		return fmt.Errorf("a checkpoint of %d bytes is longer than the %d that the server takes", len(state), most)
	}
	return nil
}

// over is why there is nothing more to be done, nil if there is.
func (j *Job) over(ctx context.Context) error {
	for _, done := range []context.Context{j.ctx, ctx} {
		if done.Err() != nil {
			return context.Cause(done)
		}
	}
	return nil
}
