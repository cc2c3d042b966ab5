package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"bun-uws/worker-conformance/steps"
	pb "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxWaiting events of a job may wait for their acknowledgement; who has more to say waits.
const maxWaiting = 1000

// job is one attempt. The worker's mutex guards it.
type job struct {
	w            *worker
	assign       *pb.Assign
	ctx          context.Context
	cancel       context.CancelCauseFunc
	last         uint64              // sequence number
	fraction     float64             // of its progress, which never goes back
	acknowledged uint64              // by the gateway
	waiting      []*pb.WorkerMessage // events that are not
	final        *pb.WorkerMessage   // Complete, Fail, Cancelled or Release, once there is one
	cancelled    bool                // by the gateway
	over         bool
}

func newJob(w *worker, assign *pb.Assign) *job {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &job{w: w, assign: assign, ctx: ctx, cancel: cancel}
}

func (j *job) token() string { return j.assign.AttemptToken }

// run works, and says how it ended.
func (j *job) run() {
	err := j.work()
	j.w.Lock()
	defer j.w.Unlock()
	j.finish(j.end(err))
}

func (j *job) work() (err error) {
	defer func() {
		if value := recover(); value != nil {
			fail := &pb.Fail{AttemptToken: j.token(), Kind: pb.Fail_FATAL, Message: fmt.Sprint(value), Detail: string(debug.Stack())}
			err = ends{&pb.WorkerMessage{Message: &pb.WorkerMessage_Fail{Fail: fail}}}
		}
	}()
	return steps.Run(j.ctx, j)
}

// ends is an error that says how the job ends.
type ends struct{ *pb.WorkerMessage }

func (ends) Error() string { return "the job has ended itself" }

func (j *job) end(err error) *pb.WorkerMessage {
	var own ends
	switch {
	case j.cancelled:
		return &pb.WorkerMessage{Message: &pb.WorkerMessage_Cancelled{Cancelled: &pb.Cancelled{AttemptToken: j.token()}}}
	case err == nil:
		return &pb.WorkerMessage{Message: &pb.WorkerMessage_Complete{Complete: &pb.Complete{AttemptToken: j.token(), LastSequence: j.last}}}
	case errors.As(err, &own):
		if fail := own.GetFail(); fail != nil {
			fail.LastSequence = j.last
		}
		return own.WorkerMessage
	case j.ctx.Err() != nil:
		return j.release(context.Cause(j.ctx).Error(), nil)
	}
	fail := &pb.Fail{AttemptToken: j.token(), Kind: pb.Fail_FATAL, Message: err.Error(), LastSequence: j.last}
	return &pb.WorkerMessage{Message: &pb.WorkerMessage_Fail{Fail: fail}}
}

func (j *job) finish(message *pb.WorkerMessage) {
	if !j.over && j.final == nil {
		j.final = message
		j.w.send(message)
	}
}

// stop is the gateway's Cancel: who is deaf to it is given up after the grace.
func (j *job) stop(reason string, grace time.Duration) {
	if reason == "" {
		reason = "aborted"
	}
	j.cancelled = true
	j.cancel(errors.New(reason))
	time.AfterFunc(grace, func() {
		j.w.Lock()
		defer j.w.Unlock()
		j.finish(j.end(nil))
	})
}

func (j *job) acknowledge(sequence uint64) {
	j.acknowledged = max(j.acknowledged, sequence)
	for len(j.waiting) > 0 && j.waiting[0].GetEvent().Sequence <= sequence {
		j.waiting = j.waiting[1:]
	}
	j.w.changed.Broadcast()
}

func (j *job) sayAgain() {
	for _, message := range j.waiting {
		j.w.send(message)
	}
	if j.final != nil {
		j.w.send(j.final)
	}
}

// say reports an event, and keeps it until it is acknowledged.
func (j *job) say(event *pb.Event) {
	j.w.Lock()
	defer j.w.Unlock()
	for len(j.waiting) >= maxWaiting && !j.over && j.final == nil {
		j.w.changed.Wait()
	}
	if j.over || j.final != nil {
		return
	}
	j.last++
	event.AttemptToken, event.Sequence = j.token(), j.last
	message := &pb.WorkerMessage{Message: &pb.WorkerMessage_Event{Event: event}}
	j.waiting = append(j.waiting, message)
	j.w.send(message)
}

func (j *job) Progress(fraction float64, message string) {
	j.fraction = max(j.fraction, fraction)
	j.say(&pb.Event{Event: &pb.Event_Progress{Progress: &pb.Progress{Fraction: j.fraction, Message: message}}})
}

func (j *job) Log(level, message string) {
	number := pb.LogLine_Level(pb.LogLine_Level_value[strings.ToUpper(level)])
	j.say(&pb.Event{Event: &pb.Event_Log{Log: &pb.LogLine{Level: number, Message: message}}})
}

func (j *job) SaveCheckpoint(state []byte) error {
	j.say(&pb.Event{Event: &pb.Event_Checkpoint{Checkpoint: &pb.Checkpoint{State: state}}})
	return nil
}

func (j *job) Reference(_ context.Context, id, mediaType, url string) error {
	j.say(&pb.Event{Event: &pb.Event_Result{Result: &pb.Result{Id: id, MediaType: mediaType, Content: &pb.Result_Reference{Reference: url}}}})
	return nil
}

// Result goes inside an event when it is small, else as an upload, which is tried again while the gateway is away.
func (j *job) Result(ctx context.Context, id, mediaType string, open func() (io.ReadCloser, error)) error {
	for {
		data, err := open()
		if err != nil {
			return err
		}
		j.w.Lock()
		most := int64(j.w.welcome.MaxInlineResultBytes)
		j.w.Unlock()
		head, err := io.ReadAll(io.LimitReader(data, most+1))
		if err == nil && int64(len(head)) <= most {
			j.say(&pb.Event{Event: &pb.Event_Result{Result: &pb.Result{Id: id, MediaType: mediaType, Content: &pb.Result_Inline{Inline: head}}}})
			return data.Close()
		}
		if err == nil {
			header := &pb.ResultHeader{AttemptToken: j.token(), Id: id, MediaType: mediaType}
			err = j.upload(ctx, header, io.MultiReader(bytes.NewReader(head), data))
		}
		_ = data.Close()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if code := status.Code(err); err == nil || (code != codes.Unavailable && code != codes.Aborted && code != codes.Internal) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (j *job) upload(ctx context.Context, header *pb.ResultHeader, data io.Reader) error {
	ctx, cancel := context.WithCancel(outgoing(ctx))
	defer cancel()
	stream, err := j.w.client.UploadResult(ctx, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	// An error of Send is io.EOF: the answer says what was wrong.
	sent := stream.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_Header{Header: header}})
	j.w.Lock()
	most := int(j.w.welcome.MaxResultBytes)
	j.w.Unlock()
	sum, size := sha256.New(), 0
	for sent == nil {
		chunk := make([]byte, 64<<10)
		count, err := io.ReadFull(data, chunk)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if count == 0 {
			break
		}
		if size += count; most > 0 && size > most {
			return fmt.Errorf("result %s is longer than the %d bytes that the gateway takes", header.Id, most)
		}
		sum.Write(chunk[:count])
		sent = stream.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_Data{Data: chunk[:count]}})
	}
	if sent == nil {
		_ = stream.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_End{End: &pb.ResultEnd{Sha256: sum.Sum(nil)}}})
	}
	_, err = stream.CloseAndRecv()
	return err
}

func (j *job) Open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	for _, parameter := range j.assign.Parameters {
		if uploaded := parameter.GetUploaded(); uploaded != nil && strings.EqualFold(parameter.Name, name) {
			return &file{ctx: outgoing(ctx), j: j, name: parameter.Name}, uploaded.MediaType, nil
		}
	}
	return nil, "", fmt.Errorf("no file %s", name)
}

// file reads an uploaded parameter, and goes on where it broke off.
type file struct {
	ctx    context.Context
	j      *job
	name   string
	offset uint64
	stream pb.WorkerService_DownloadParameterClient
	unread []byte
}

func (f *file) Read(into []byte) (int, error) {
	for len(f.unread) == 0 {
		chunk, err := f.next()
		if status.Code(err) == codes.Unavailable && f.ctx.Err() == nil {
			f.stream = nil
			time.Sleep(200 * time.Millisecond)
		} else if err != nil {
			return 0, err
		}
		f.unread = chunk.GetData()
		f.offset += uint64(len(f.unread))
	}
	count := copy(into, f.unread)
	f.unread = f.unread[count:]
	return count, nil
}

func (f *file) next() (chunk *pb.Chunk, err error) {
	if f.stream == nil {
		reference := &pb.ParameterRef{AttemptToken: f.j.token(), Name: f.name, Offset: f.offset}
		if f.stream, err = f.j.w.client.DownloadParameter(f.ctx, reference, grpc.WaitForReady(true)); err != nil {
			return nil, err
		}
	}
	return f.stream.Recv()
}

func (f *file) Close() error { return nil }

func (j *job) Checkpoint() []byte { return j.assign.Checkpoint }

func (j *job) Parameters() []steps.Parameter {
	var parameters []steps.Parameter
	for _, sent := range j.assign.Parameters {
		parameters = append(parameters, steps.Parameter{Name: sent.Name, Value: sent.GetValue(), IsFile: sent.GetUploaded() != nil})
	}
	return parameters
}

func (j *job) About() steps.About {
	a := j.assign
	about := steps.About{
		JobID: a.JobId, RunID: steps.OrNull(a.RunId), Owner: steps.OrNull(a.Owner), JobType: a.JobType, Version: a.JobTypeVersion,
		Attempt: int(a.Attempt), Traceparent: steps.OrNull(a.TraceContext["traceparent"]),
	}
	if allowed := int64(a.TimeAllowedMs); allowed > 0 {
		about.TimeAllowedMs = &allowed
	}
	return about
}

func (j *job) Fail(transient bool, message string, retryable bool, delay time.Duration) error {
	fail := &pb.Fail{AttemptToken: j.token(), Kind: pb.Fail_FATAL, Message: message, Retryable: retryable, RetryDelayMs: uint64(delay.Milliseconds())}
	if transient {
		fail.Kind = pb.Fail_TRANSIENT
	}
	return ends{&pb.WorkerMessage{Message: &pb.WorkerMessage_Fail{Fail: fail}}}
}

func (j *job) release(reason string, checkpoint []byte) *pb.WorkerMessage {
	release := &pb.Release{AttemptToken: j.token(), Reason: reason, Checkpoint: checkpoint}
	return &pb.WorkerMessage{Message: &pb.WorkerMessage_Release{Release: release}}
}

func (j *job) Release(reason string, checkpoint []byte) error {
	return ends{j.release(reason, checkpoint)}
}

func (j *job) Reason(ctx context.Context) string { return context.Cause(ctx).Error() }
