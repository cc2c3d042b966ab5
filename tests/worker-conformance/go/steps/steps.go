// Package steps is what the job of a conformance worker does: its parameter DO says it, step by step (see ../README.md). Both
// workers share it, and each brings a Job of its own.
package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Parameter is one of the job, as the client sent it.
type Parameter struct {
	Name, Value string
	IsFile      bool
}

// About is what the step "job" tells.
type About struct {
	JobID         string  `json:"jobId"`
	RunID         *string `json:"runId"`
	Owner         *string `json:"owner"`
	JobType       string  `json:"jobType"`
	Version       string  `json:"version"`
	Attempt       int     `json:"attempt"`
	TimeAllowedMs *int64  `json:"timeAllowedMs"`
	Traceparent   *string `json:"traceparent"`
}

// OrNull is nil for what is missing.
func OrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Job is what a worker lends to the steps.
type Job interface {
	Parameters() []Parameter
	About() About
	// Checkpoint is what an earlier attempt left.
	Checkpoint() []byte
	Progress(fraction float64, message string)
	Log(level, message string)
	SaveCheckpoint(state []byte) error
	// Result stores what open gives, which may be asked for again.
	Result(ctx context.Context, id, mediaType string, open func() (io.ReadCloser, error)) error
	Reference(ctx context.Context, id, mediaType, url string) error
	// Open reads an uploaded parameter, and tells its media type.
	Open(ctx context.Context, name string) (io.ReadCloser, string, error)
	// Fail and Release make what ends the job.
	Fail(transient bool, message string, retryable bool, delay time.Duration) error
	Release(reason string, checkpoint []byte) error
	// Reason says why the context is done: aborted, timed_out, destroyed, fenced, draining.
	Reason(ctx context.Context) string
}

// Run does what the parameter DO says.
func Run(ctx context.Context, job Job) error {
	run := &run{Job: job}
	for _, parameter := range job.Parameters() {
		if !strings.EqualFold(parameter.Name, "DO") {
			continue
		}
		if err := run.step(ctx, parameter.Value); err != nil {
			return err
		}
	}
	return nil
}

type run struct {
	Job
	// last is the checkpoint that was saved last.
	last []byte
}

func (r *run) step(ctx context.Context, step string) error {
	name, rest, _ := strings.Cut(step, " ")
	first, second, _ := strings.Cut(rest, " ")
	switch name {
	case "progress":
		fraction, err := strconv.ParseFloat(first, 64)
		if err != nil {
			return err
		}
		r.Progress(fraction, second)
	case "log":
		r.Log(first, second)
	case "result":
		mediaType, content, _ := strings.Cut(second, " ")
		return r.text(ctx, first, mediaType, content)
	case "bytes":
		count, err := strconv.ParseInt(second, 10, 64)
		if err != nil {
			return err
		}
		return r.Result(ctx, first, "application/octet-stream", func() (io.ReadCloser, error) {
			return io.NopCloser(&pattern{end: count}), nil
		})
	case "reference":
		return r.Reference(ctx, first, "text/plain", second)
	case "parameters":
		return r.json(ctx, first, pairs(r.Parameters()))
	case "copy":
		return r.copy(ctx, first, second)
	case "job":
		return r.json(ctx, first, r.About())
	case "checkpoint":
		r.last = []byte(rest)
		return r.SaveCheckpoint(r.last)
	case "resumed":
		return r.text(ctx, first, "text/plain", string(r.Checkpoint()))
	case "wait":
		return waitFor(ctx, rest)
	case "deaf":
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		return waitFor(context.Background(), rest)
	case "tidy":
		<-ctx.Done()
		if err := write(rest, r.Reason(ctx)); err != nil {
			return err
		}
		return context.Cause(ctx)
	case "pid":
		return write(rest, strconv.Itoa(os.Getpid()))
	case "fail":
		return r.Fail(first == "transient", second, false, 0)
	case "retry":
		delay, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		return r.Fail(true, second, true, time.Duration(delay)*time.Millisecond)
	case "throw":
		panic(rest)
	case "stderr":
		fmt.Fprintln(os.Stderr, rest)
	case "exit":
		status, err := strconv.Atoi(rest)
		if err != nil {
			return err
		}
		os.Exit(status)
	case "release":
		return r.Release(rest, r.last)
	default:
		return r.Fail(false, "unknown step: "+step, false, 0)
	}
	return nil
}

func (r *run) text(ctx context.Context, id, mediaType, content string) error {
	return r.Result(ctx, id, mediaType, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil })
}

func (r *run) json(ctx context.Context, id string, value any) error {
	var content bytes.Buffer
	encoder := json.NewEncoder(&content)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return r.text(ctx, id, "application/json", strings.TrimSuffix(content.String(), "\n"))
}

func (r *run) copy(ctx context.Context, name, id string) error {
	file, mediaType, err := r.Open(ctx, name)
	if err != nil {
		return err
	}
	defer file.Close()
	first := true
	return r.Result(ctx, id, mediaType, func() (io.ReadCloser, error) {
		if first {
			first = false
			return io.NopCloser(file), nil
		}
		again, _, err := r.Open(ctx, name)
		return again, err
	})
}

func pairs(parameters []Parameter) [][2]any {
	pairs := [][2]any{}
	for _, parameter := range parameters {
		pair := [2]any{parameter.Name, parameter.Value}
		if parameter.IsFile {
			pair[1] = nil
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// waitFor waits until the file is there.
func waitFor(ctx context.Context, path string) error {
	for {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// write makes a file that is whole when it is there.
func write(path, text string) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// pattern is so many bytes, of which number i is i modulo 251.
type pattern struct{ position, end int64 }

func (p *pattern) Read(into []byte) (int, error) {
	if p.position >= p.end {
		return 0, io.EOF
	}
	count := min(int64(len(into)), p.end-p.position)
	for index := range into[:count] {
		into[index] = byte((p.position + int64(index)) % 251)
	}
	p.position += count
	return int(count), nil
}
