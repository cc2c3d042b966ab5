package uws

import (
	"context"
	"time"
)

// maxFailures is how often a call may fail with a server that is there, before the failure is the job's.
const maxFailures = 5

// retry decides, after each failure of a call that belongs to an attempt, whether to try again, and waits. An unreachable server
// is waited for as long as the attempt is ours (its context ends the wait); other failures that may pass get a few tries.
type retry struct {
	backoff  backoff
	failures int
}

// afterFailure returns nil when it is time to try again, and the error to give up with when it is not to be tried again.
func (r *retry) afterFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !mayPass(err) {
		return err
	}
	if !isUnreachable(err) {
		r.failures++
		if r.failures >= maxFailures {
			return err
		}
	}
	timer := time.NewTimer(r.backoff.next())
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// reset: something went well in between.
func (r *retry) reset() {
	r.failures = 0
	r.backoff.reset()
}
