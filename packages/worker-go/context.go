package uws

import (
	"context"
	"time"
)

// jobContext has the deadline of the job, but is not cancelled by it: the server is who decides that the time is over, and says so.
type jobContext struct {
	context.Context
	deadline time.Time
}

func (c jobContext) Deadline() (time.Time, bool) {
	if outer, ok := c.Context.Deadline(); ok && outer.Before(c.deadline) {
		return outer, true
	}
	return c.deadline, true
}

// withDeadline gives a job's context its deadline, if it has one.
func withDeadline(ctx context.Context, allowed time.Duration) context.Context {
	if allowed <= 0 {
		return ctx
	}
	return jobContext{ctx, time.Now().Add(allowed)}
}

// merged is done when either of the two is, with that one's cause. It has no deadline of its own: gRPC would send it along.
func merged(ctx, job context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stops := [2]func() bool{
		context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) }),
		context.AfterFunc(job, func() { cancel(context.Cause(job)) }),
	}
	// AfterFunc runs on its own goroutine: who comes with a context that is done shall find it so.
	for _, done := range []context.Context{ctx, job} {
		if done.Err() != nil {
			cancel(context.Cause(done))
		}
	}
	return both, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(nil)
	}
}
