package uws

import (
	"context"
	"errors"
	"io"
	"math"

	"bun-uws/worker/internal/hook"
	workerv1 "bun-uws/worker/v1"
)

func init() { hook.RunHandler = runRecorded }

// runRecorded runs a handler without a server, for uwstest.
func runRecorded(ctx context.Context, handler any, assign *workerv1.Assign, recorder hook.Recorder) hook.End {
	recorded := recorded{recorder}
	// Everything is small enough to be seen.
	limits := func() sessionLimits {
		return sessionLimits{MaxMessage: maxMessageBytes, MaxInlineResult: math.MaxInt64, MaxResult: math.MaxInt64}
	}
	ctx = withDeadline(ctx, milliseconds(assign.TimeAllowedMs))
	err := runHandler(ctx, handler.(Handler), newJob(ctx, assign, jobResources{recorded, recorded, limits}))
	var back *released
	switch {
	case err == nil:
		return hook.End{}
	case errors.As(err, &back):
		return hook.End{Err: err, Released: true, Checkpoint: back.checkpoint}
	}
	return hook.End{Err: err, Failure: failureOf(err)}
}

type recorded struct{ hook.Recorder }

func (r recorded) progress(progress *workerv1.Progress)       { r.Progress(progress) }
func (r recorded) log(line *workerv1.LogLine)                 { r.Log(line) }
func (r recorded) checkpoint(checkpoint *workerv1.Checkpoint) { r.Checkpoint(checkpoint) }

func (r recorded) result(ctx context.Context, result *workerv1.Result) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Result(result)
	return nil
}

func (r recorded) upload(context.Context, upload) error {
	return errors.New("a recorded result has no limit of its size")
}

func (r recorded) download(_, _ context.Context, _ string, file *File, offset int64) io.ReadCloser {
	reader, err := r.Open(file.Name, offset)
	if err != nil {
		return unreadable{err}
	}
	return reader
}

type unreadable struct{ err error }

func (u unreadable) Read([]byte) (int, error) { return 0, u.err }
func (u unreadable) Close() error             { return nil }
