package uws

import (
	"context"

	workerv1 "bun-uws/worker/v1"
)

// run is a handler at work on one attempt.
type run struct {
	// wait returns what the handler returned. Called once.
	wait func() error
	// kill ends it by force, whereupon wait returns once nothing of it is left. It may be called at any time, and does not wait.
	// Nil for a handler in our own process, which cannot be ended so.
	kill func()
}

// runner begins to run the jobs of a type. It does not wait.
type runner func(ctx context.Context, assign *workerv1.Assign, events *outbox) run

// concurrently runs the handler in this process, beside others.
func concurrently(handler Handler, transfer transfer, limits func() sessionLimits) runner {
	return func(ctx context.Context, assign *workerv1.Assign, events *outbox) run {
		return run{wait: func() error {
			return runHandler(ctx, handler, newJob(ctx, assign, jobResources{events, transfer, limits}))
		}}
	}
}
