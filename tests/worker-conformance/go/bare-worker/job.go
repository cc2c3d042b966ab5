package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"bun-uws/worker-conformance/steps"
	pb "bun-uws/worker/v1"
)

// What the kit sets, and what other workers have constants or flags for.
var (
	jobTypes      = []string{"conformance", "other"}
	instance      = cmp.Or(os.Getenv("UWS_INSTANCE"), "bare-"+strconv.FormatUint(rand.Uint64(), 36))
	slots         = number("UWS_SLOTS", 1)
	maxRefusals   = number("UWS_MAX_REFUSALS", 10)
	refusedPause  = time.Duration(number("UWS_REFUSED_MS", 30_000)) * time.Millisecond
	drainPatience = time.Duration(number("UWS_DRAIN_MS", 25_000)) * time.Millisecond
)

func number(variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatalf("%s must be a whole number, not %q", variable, text)
	}
	return value
}

// work is the job: here the steps of the kit, elsewhere your handler. It returns how the job ended: Complete, Fail or Release.
func work(a *attempt) (end *pb.WorkerMessage) {
	defer func() {
		if value := recover(); value != nil {
			end = fail(&pb.Fail{Kind: pb.Fail_FATAL, Message: fmt.Sprint(value), Detail: string(debug.Stack())})
		}
		if end.GetFail() != nil && a.ctx.Err() != nil {
			end = release(&pb.Release{Reason: reasonOf(a.ctx)}) // It was to stop, and has not failed.
		}
	}()
	err := steps.Run(a.ctx, &job{attempt: a})
	var own ends
	switch {
	case err == nil:
		return &pb.WorkerMessage{Message: &pb.WorkerMessage_Complete{Complete: &pb.Complete{}}}
	case errors.As(err, &own):
		return own.WorkerMessage
	}
	return fail(&pb.Fail{Kind: pb.Fail_FATAL, Message: err.Error()})
}

func fail(fail *pb.Fail) *pb.WorkerMessage {
	return &pb.WorkerMessage{Message: &pb.WorkerMessage_Fail{Fail: fail}}
}

func release(release *pb.Release) *pb.WorkerMessage {
	return &pb.WorkerMessage{Message: &pb.WorkerMessage_Release{Release: release}}
}

// reasonOf says why a job is to stop: aborted, timed_out, destroyed, fenced, lease_lost, draining.
func reasonOf(ctx context.Context) string { return strings.ToLower(context.Cause(ctx).Error()) }

// ends is an error that says how the job ends.
type ends struct{ *pb.WorkerMessage }

func (ends) Error() string { return "the job has ended itself" }

// job is an attempt as the steps want to have it.
type job struct {
	*attempt
	fraction float64 // of its progress, which never goes back
}

func (j *job) Parameters() []steps.Parameter {
	var parameters []steps.Parameter
	for _, sent := range j.Assign.Parameters {
		parameters = append(parameters, steps.Parameter{Name: sent.Name, Value: sent.GetValue(), IsFile: sent.GetUploaded() != nil})
	}
	return parameters
}

func (j *job) About() steps.About {
	about := steps.About{
		JobID: j.JobId, RunID: steps.OrNull(j.RunId), Owner: steps.OrNull(j.Owner), JobType: j.JobType, Version: j.JobTypeVersion,
		Attempt: int(j.Attempt), Traceparent: steps.OrNull(j.TraceContext["traceparent"]),
	}
	if allowed := int64(j.TimeAllowedMs); allowed > 0 {
		about.TimeAllowedMs = &allowed
	}
	return about
}

func (j *job) Checkpoint() []byte { return j.Assign.Checkpoint }

func (j *job) report(event *pb.Event) {
	j.say(&pb.WorkerMessage{Message: &pb.WorkerMessage_Event{Event: event}})
}

func (j *job) Progress(fraction float64, message string) {
	j.fraction = max(j.fraction, fraction)
	j.report(&pb.Event{Event: &pb.Event_Progress{Progress: &pb.Progress{Fraction: j.fraction, Message: message}}})
}

func (j *job) Log(level, message string) {
	number := pb.LogLine_Level(pb.LogLine_Level_value[strings.ToUpper(level)])
	j.report(&pb.Event{Event: &pb.Event_Log{Log: &pb.LogLine{Level: number, Message: message}}})
}

func (j *job) SaveCheckpoint(state []byte) error {
	j.report(&pb.Event{Event: &pb.Event_Checkpoint{Checkpoint: &pb.Checkpoint{State: state}}})
	return nil
}

func (j *job) Reference(_ context.Context, id, mediaType, url string) error {
	result := &pb.Result{Id: id, MediaType: mediaType, Content: &pb.Result_Reference{Reference: url}}
	j.report(&pb.Event{Event: &pb.Event_Result{Result: result}})
	return nil
}

func (j *job) Result(_ context.Context, id, mediaType string, open func() (io.ReadCloser, error)) error {
	content, err := open()
	if err != nil {
		return err
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return j.result(id, mediaType, data)
}

func (j *job) Open(_ context.Context, name string) (io.ReadCloser, string, error) {
	for _, parameter := range j.Assign.Parameters {
		if uploaded := parameter.GetUploaded(); uploaded != nil && strings.EqualFold(parameter.Name, name) {
			data, err := j.download(parameter.Name)
			return io.NopCloser(bytes.NewReader(data)), uploaded.MediaType, err
		}
	}
	return nil, "", fmt.Errorf("no file %s", name)
}

func (j *job) Fail(transient bool, message string, retryable bool, delay time.Duration) error {
	kind := pb.Fail_FATAL
	if transient {
		kind = pb.Fail_TRANSIENT
	}
	return ends{fail(&pb.Fail{Kind: kind, Message: message, Retryable: retryable, RetryDelayMs: uint64(delay.Milliseconds())})}
}

func (j *job) Release(reason string, checkpoint []byte) error {
	return ends{release(&pb.Release{Reason: reason, Checkpoint: checkpoint})}
}

func (j *job) Reason(ctx context.Context) string { return reasonOf(ctx) }
