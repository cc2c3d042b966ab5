// Command sdk-worker is the conformance worker that is written with the SDK.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"time"

	uws "bun-uws/worker"
	"bun-uws/worker-conformance/steps"
)

func main() {
	handler := uws.Handler(uws.HandlerFunc(func(ctx context.Context, job *uws.Job) error {
		return steps.Run(ctx, &stepJob{ctx, job})
	}))
	if os.Getenv("UWS_JOBS") == "process" {
		handler = uws.ProcessPerJob(handler)
	}
	options := uws.Options{
		Slots:        number("UWS_SLOTS"),
		InstanceID:   os.Getenv("UWS_INSTANCE"),
		DrainTimeout: time.Duration(number("UWS_DRAIN_MS")) * time.Millisecond,
		RefusedDelay: time.Duration(number("UWS_REFUSED_MS")) * time.Millisecond,
		MaxRefusals:  number("UWS_MAX_REFUSALS"),
	}
	if os.Getenv("UWS_DRAIN_MS") == "0" {
		options.DrainTimeout = 1
	}
	if err := uws.Run(context.Background(), options, uws.Jobs{"conformance": handler, "other": handler}); err != nil {
		log.Fatal(err)
	}
}

// number reads a variable of the environment; 0, which is the SDK's own choice, where it is not set.
func number(variable string) int {
	text := os.Getenv(variable)
	if text == "" {
		return 0
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatalf("%s must be a whole number, not %q", variable, text)
	}
	return value
}

type stepJob struct {
	ctx context.Context
	*uws.Job
}

func (j *stepJob) Parameters() []steps.Parameter {
	var parameters []steps.Parameter
	for _, parameter := range j.Job.Parameters {
		parameters = append(parameters, steps.Parameter{Name: parameter.Name, Value: parameter.Value, IsFile: parameter.File != nil})
	}
	return parameters
}

func (j *stepJob) About() steps.About {
	about := steps.About{
		JobID:       j.ID,
		RunID:       steps.OrNull(j.RunID),
		Owner:       steps.OrNull(j.Owner),
		JobType:     j.Type,
		Version:     j.TypeVersion,
		Attempt:     j.Attempt,
		Traceparent: steps.OrNull(j.TraceContext["traceparent"]),
	}
	if deadline, ok := j.ctx.Deadline(); ok {
		left := time.Until(deadline).Milliseconds()
		about.TimeAllowedMs = &left
	}
	return about
}

func (j *stepJob) Checkpoint() []byte { return j.Job.Checkpoint }

func (j *stepJob) Progress(fraction float64, message string) { j.Job.Progress(fraction, message) }

func (j *stepJob) Log(level, message string) {
	log := map[string]func(string, ...any){
		"debug": j.Job.Log().Debug, "info": j.Job.Log().Info, "warn": j.Job.Log().Warn, "error": j.Job.Log().Error,
	}[level]
	log(message)
}

func (j *stepJob) Result(ctx context.Context, id, mediaType string, open func() (io.ReadCloser, error)) error {
	return j.ResultFrom(ctx, id, mediaType, open)
}

func (j *stepJob) Reference(ctx context.Context, id, mediaType, url string) error {
	return j.ResultReference(ctx, id, mediaType, url, 0)
}

func (j *stepJob) Open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	file := j.Job.Parameters.File(name)
	if file == nil {
		return nil, "", fmt.Errorf("no file %s", name)
	}
	reader, err := file.Open(ctx)
	return reader, file.MediaType, err
}

func (j *stepJob) Fail(transient bool, message string, retryable bool, delay time.Duration) error {
	kind := uws.Fatal
	if transient {
		kind = uws.Transient
	}
	return &uws.Failure{Message: message, Kind: kind, Retryable: retryable, Delay: delay}
}

func (j *stepJob) Reason(ctx context.Context) string {
	if why, ok := context.Cause(ctx).(uws.Interruption); ok {
		return string(why)
	}
	return "unknown"
}
