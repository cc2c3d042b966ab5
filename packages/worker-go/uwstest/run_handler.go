// Package uwstest runs handlers in tests, without a server.
//
//	run := uwstest.RunHandler(t.Context(), uws.HandlerFunc(hello), uwstest.Options{Parameters: [][2]string{{"NAME", "Ada"}}})
//	if run.Results["greeting"].Text() != "Hello, Ada!" { … }
package uwstest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	uws "bun-uws/worker"
	"bun-uws/worker/internal/hook"
	workerv1 "bun-uws/worker/v1"
)

// Options are what a test gives a handler instead of a server. The zero value is a job without parameters.
type Options struct {
	// Parameters are names and values, in the order in which a client would have sent them.
	Parameters [][2]string
	// Files are uploaded parameters, which come after the others.
	Files []File
	// Checkpoint is what an earlier attempt left.
	Checkpoint []byte
	// JobID is "job-1" unless told otherwise, JobType "test", TypeVersion "1.0.0", Attempt 1.
	JobID, RunID, Owner, JobType, TypeVersion string
	Attempt                                   int
	// TimeAllowed gives the context a deadline, which does not cancel it.
	TimeAllowed  time.Duration
	TraceContext map[string]string
}

// File is an uploaded parameter.
type File struct {
	// Name of the parameter. The same one more than once has the contents of the last.
	Name, Filename, MediaType string
	Content                   []byte
}

// Outcome is how a handler ended.
type Outcome string

// A handler completes its job, fails it, or gives it back.
const (
	Completed Outcome = "completed"
	Failed    Outcome = "failed"
	Released  Outcome = "released"
)

// Run is what came of it.
type Run struct {
	Outcome Outcome
	// Err is what the handler returned.
	Err error
	// Failure is what the server would be told, when it failed.
	Failure *uws.Failure
	// Progress has every report, as it was made.
	Progress []Progress
	Logs     []Log
	// Results are by id; the last one of an id.
	Results map[string]Result
	// Checkpoint is the last that it left, nil if none.
	Checkpoint []byte
}

// Progress is one report.
type Progress struct {
	Fraction float64
	Message  string
	Counters map[string]float64
}

// Log is one line of the job's log.
type Log struct {
	Level   slog.Level
	Message string
}

// Result is one that the handler left.
type Result struct {
	MediaType string
	// Content is empty when it is a reference.
	Content   []byte
	Reference string
}

// Text is the content.
func (r Result) Text() string { return string(r.Content) }

// RunHandler runs a handler and tells what it did. To cancel its job, cancel the context with a cause, such as [uws.Aborted].
func RunHandler(ctx context.Context, handler uws.Handler, options Options) *Run {
	recorder := &recorder{run: &Run{Outcome: Completed, Results: map[string]Result{}}, files: map[string][]byte{}}
	end := hook.RunHandler(ctx, handler, recorder.assign(options), recorder)
	// What the handler started and left behind is not heard any more.
	recorder.mu.Lock()
	defer recorder.mu.Unlock()
	recorder.over = true
	run := recorder.run
	run.Err = end.Err
	switch {
	case end.Released:
		run.Outcome = Released
		if end.Checkpoint != nil {
			run.Checkpoint = end.Checkpoint
		}
	case end.Err != nil:
		run.Outcome = Failed
		run.Failure, _ = end.Failure.(*uws.Failure)
	}
	return run
}

type recorder struct {
	mu    sync.Mutex
	run   *Run
	over  bool
	files map[string][]byte
}

func (r *recorder) assign(options Options) *workerv1.Assign {
	assign := &workerv1.Assign{
		AttemptToken: "test", JobId: or(options.JobID, "job-1"), RunId: options.RunID, Owner: options.Owner,
		JobType: or(options.JobType, "test"), JobTypeVersion: or(options.TypeVersion, "1.0.0"), Attempt: uint32(max(1, options.Attempt)),
		Checkpoint: options.Checkpoint, TraceContext: options.TraceContext,
	}
	if options.TimeAllowed > 0 {
		assign.TimeAllowedMs = uint64(max(1, options.TimeAllowed.Milliseconds()))
	}
	for _, parameter := range options.Parameters {
		content := &workerv1.Parameter_Value{Value: parameter[1]}
		assign.Parameters = append(assign.Parameters, &workerv1.Parameter{Name: parameter[0], Content: content})
	}
	for _, file := range options.Files {
		r.files[file.Name] = file.Content
		uploaded := &workerv1.UploadedParameter{MediaType: file.MediaType, Filename: file.Filename, Size: uint64(len(file.Content))}
		content := &workerv1.Parameter_Uploaded{Uploaded: uploaded}
		assign.Parameters = append(assign.Parameters, &workerv1.Parameter{Name: file.Name, Content: content})
	}
	return assign
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (r *recorder) record(what func(run *Run)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.over {
		what(r.run)
	}
}

func (r *recorder) Progress(progress *workerv1.Progress) {
	r.record(func(run *Run) {
		run.Progress = append(run.Progress, Progress{progress.Fraction, progress.Message, progress.Counters})
	})
}

var levels = map[workerv1.LogLine_Level]slog.Level{
	workerv1.LogLine_DEBUG: slog.LevelDebug,
	workerv1.LogLine_WARN:  slog.LevelWarn,
	workerv1.LogLine_ERROR: slog.LevelError,
}

func (r *recorder) Log(line *workerv1.LogLine) {
	r.record(func(run *Run) { run.Logs = append(run.Logs, Log{levels[line.Level], line.Message}) })
}

func (r *recorder) Checkpoint(checkpoint *workerv1.Checkpoint) {
	r.record(func(run *Run) { run.Checkpoint = checkpoint.State })
}

func (r *recorder) Result(result *workerv1.Result) {
	r.record(func(run *Run) {
		run.Results[result.Id] = Result{MediaType: result.MediaType, Content: result.GetInline(), Reference: result.GetReference()}
	})
}

func (r *recorder) Open(name string, offset int64) (io.ReadCloser, error) {
	content, ok := r.files[name]
	if !ok || offset > int64(len(content)) {
		return nil, fmt.Errorf("no file %s from byte %d on", name, offset)
	}
	return io.NopCloser(bytes.NewReader(content[offset:])), nil
}
