// Package hook lets uwstest run a handler as a worker would, without making the inside of package uws public.
package hook

import (
	"context"
	"io"

	workerv1 "bun-uws/worker/v1"
)

// Recorder is what a handler speaks to instead of a server.
type Recorder interface {
	Progress(*workerv1.Progress)
	Log(*workerv1.LogLine)
	Checkpoint(*workerv1.Checkpoint)
	// Result has its content inline or a reference.
	Result(*workerv1.Result)
	// Open gives an uploaded parameter from this byte on.
	Open(name string, offset int64) (io.ReadCloser, error)
}

// End is how a handler ended: all are empty when it completed its job.
type End struct {
	// Err is what it returned, a Failure that was made of it, and a reason if it gave the job back.
	Err, Failure error
	Released     bool
	Checkpoint   []byte
}

// RunHandler is set by package uws; the handler is an uws.Handler.
var RunHandler func(ctx context.Context, handler any, assign *workerv1.Assign, recorder Recorder) End
