package uws

import (
	"context"
	"errors"
	"time"

	workerv1 "bun-uws/worker/v1"
)

const (
	// Bytes. What stands beside a reason or message, a checkpoint or a detail, may be as long as a message allows.
	maxReleaseReason  = 1024
	maxFailureMessage = 4 << 10
	maxFailureDetail  = 256 << 10
	// killGrace is for a process to end by itself when the server has said nothing of a grace: fenced, lease lost, draining.
	killGrace = 5 * time.Second
)

type phase int

const (
	phaseAssigned phase = iota
	phaseRunning
	phaseCancelling
	phaseEnding
	phaseOver
)

// attempt is one attempt of one job, held from Assign until the server has answered its end.
//
//	assigned    Accept is on its way
//	            → running      it has gone out, or a Welcome says that the token is valid: the handler begins. Not before: a
//	                           job that kills its process at once must cost an attempt, or it would come back for ever
//	running     the handler works
//	            → cancelling   Cancel
//	            → ending       the handler returned: Complete, Fail or Release
//	            → ending       the worker stops and gives the job back: Release (from assigned, too)
//	cancelling  the context is cancelled, the handler may tidy up
//	            → ending       the handler returned in whatever way, or the grace passed: Cancelled
//	ending      the last message is sent, on each new stream again
//	            → over         Ended
//	any         → over         Fenced, or a new stream's Welcome says that the token is not valid: nothing more is sent
//
// Beside the phase, the attempt is attached to a line or not. It is detached when the stream breaks, and also when the lease ran out
// with no word from the server: then the context is cancelled, because the job may be running elsewhere, and nothing is sent unless
// a Welcome says that the token is still valid. In that case a handler that gave up is no failure of the job's, and the job is given
// back.
//
// A handler in this process cannot be killed. Once its attempt is ending or over, what it still says is not heard. One in a process of
// its own is killed when its context is cancelled and the grace has passed, and the attempt says that it has ended when that process
// is gone: no slot is free, and no job given back, while something of it still runs.
//
// Everything here is guarded by the session's mutex.
type attempt struct {
	session *session
	assign  *workerv1.Assign
	outbox  *outbox
	// cancelJob ends the context of the handler.
	ctx       context.Context
	cancelJob context.CancelCauseFunc
	phase     phase
	// kill ends the job's process by force; nil for a handler in this process, and before it runs.
	kill func()
	// grace runs until something is ended by force.
	grace *time.Timer
	// leaseLost: the lease ran out while the server was away; nothing is known until the next Welcome.
	leaseLost bool
}

func newAttempt(s *session, assign *workerv1.Assign) *attempt {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &attempt{
		session:   s,
		assign:    assign,
		outbox:    newOutbox(assign.AttemptToken, defaultOutboxLimits, time.Now),
		ctx:       ctx,
		cancelJob: cancel,
	}
}

func (a *attempt) token() string { return a.assign.AttemptToken }

// lease is the attempt's own, or the session's.
func (a *attempt) lease() time.Duration {
	if a.assign.LeaseMs > 0 {
		return milliseconds(a.assign.LeaseMs)
	}
	return a.session.limits().Lease
}

// begin runs the handler, once: the job is accepted. Whatever it does ends up as the attempt's last message.
func (a *attempt) begin() {
	if a.phase != phaseAssigned {
		return
	}
	a.phase = phaseRunning
	ctx := withDeadline(a.ctx, milliseconds(a.assign.TimeAllowedMs))
	run := a.session.runners[a.assign.JobType](ctx, a.assign, a.outbox)
	a.kill = run.kill
	go func() {
		err := run.wait()
		a.session.mu.Lock()
		defer a.session.mu.Unlock()
		a.settle(a.endAfter(err))
	}()
}

// attach: there is a stream on which the token is valid.
func (a *attempt) attach(to *line, acknowledged uint64) {
	if a.phase == phaseOver {
		return
	}
	a.leaseLost = false
	a.outbox.attach(to, acknowledged)
}

var interruptions = map[workerv1.Cancel_Reason]Interruption{
	workerv1.Cancel_TIMED_OUT: TimedOut,
	workerv1.Cancel_DESTROYED: Destroyed,
}

// cancel: the server wants the job to end.
func (a *attempt) cancel(reason workerv1.Cancel_Reason, grace time.Duration) {
	if a.phase != phaseRunning && a.phase != phaseAssigned {
		return
	}
	begun := a.phase == phaseRunning
	a.phase = phaseCancelling
	why, known := interruptions[reason]
	if !known {
		why = Aborted
	}
	a.interrupt(why)
	if begun {
		a.afterGrace(grace, func() { a.end(a.cancelled) })
	} else {
		a.settle(a.cancelled)
	}
}

// interrupt asks the handler to end, for the worker's own reasons.
func (a *attempt) interrupt(why Interruption) {
	if a.ctx.Err() != nil {
		return
	}
	a.cancelJob(why)
	if a.kill != nil {
		a.afterGrace(killGrace, a.kill)
	}
}

// loseLease: nothing was heard of the server for the length of the lease.
func (a *attempt) loseLease() {
	a.leaseLost = true
	a.outbox.detach()
	a.interrupt(LeaseLost)
}

// giveBack gives the job back without waiting any longer for its handler.
func (a *attempt) giveBack(reason string) {
	a.interrupt(Stopped)
	a.end(a.release(reason, nil))
}

// fence: the token is not valid any more. Stop, and say nothing.
func (a *attempt) fence() {
	a.interrupt(Fenced)
	a.over()
	// It may have been interrupted before, and its grace was dropped with the attempt.
	if a.kill != nil {
		a.afterGrace(killGrace, a.kill)
	}
}

// over ends it: what its handler started and left behind sees its context cancelled.
func (a *attempt) over() {
	a.phase = phaseOver
	a.stopGrace()
	a.cancelJob(nil)
	a.outbox.close()
}

// end does not wait any longer for the handler: at once if it cannot be killed, else when its process is gone.
func (a *attempt) end(last lastMessage) {
	if a.kill != nil {
		a.kill()
		return
	}
	a.settle(last)
}

func (a *attempt) afterGrace(grace time.Duration, then func()) {
	a.stopGrace()
	var timer *time.Timer
	timer = time.AfterFunc(grace, func() {
		a.session.mu.Lock()
		defer a.session.mu.Unlock()
		// It may have been stopped while it waited for the lock.
		if a.grace == timer {
			then()
		}
	})
	a.grace = timer
}

func (a *attempt) stopGrace() {
	if a.grace != nil {
		a.grace.Stop()
		a.grace = nil
	}
}

// lastMessage makes the message that ends an attempt.
type lastMessage func(lastSequence uint64) *workerv1.WorkerMessage

func (a *attempt) settle(last lastMessage) {
	if a.phase == phaseEnding || a.phase == phaseOver {
		return
	}
	if a.phase == phaseCancelling {
		last = a.cancelled
	}
	a.phase = phaseEnding
	a.stopGrace()
	a.outbox.finish(last)
	// Nobody works on it any more, or nobody is listened to.
	a.cancelJob(nil)
}

func (a *attempt) cancelled(uint64) *workerv1.WorkerMessage {
	return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Cancelled{Cancelled: &workerv1.Cancelled{AttemptToken: a.token()}}}
}

func (a *attempt) completed(lastSequence uint64) *workerv1.WorkerMessage {
	complete := &workerv1.Complete{AttemptToken: a.token(), LastSequence: lastSequence}
	return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Complete{Complete: complete}}
}

func (a *attempt) release(reason string, checkpoint []byte) lastMessage {
	release := &workerv1.Release{AttemptToken: a.token(), Reason: fitting(reason, maxReleaseReason), Checkpoint: checkpoint}
	return func(uint64) *workerv1.WorkerMessage {
		return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Release{Release: release}}
	}
}

// endAfter makes the last message of what the handler returned.
func (a *attempt) endAfter(err error) lastMessage {
	var back *released
	switch {
	case err == nil:
		return a.completed
	case errors.As(err, &back):
		return a.release(back.reason, back.checkpoint)
	case a.ctx.Err() != nil:
		// Not the job's doing: a handler that was told to stop says so in many ways.
		return a.release(context.Cause(a.ctx).Error(), nil)
	}
	return a.failed(failureOf(err))
}

func (a *attempt) failed(failure *Failure) lastMessage {
	most := int(a.session.limits().maxPayload())
	message := fitting(failure.Message, min(maxFailureMessage, most))
	fail := &workerv1.Fail{
		AttemptToken: a.token(),
		Kind:         workerv1.Fail_FATAL,
		Message:      message,
		Detail:       fitting(failure.detail(), min(maxFailureDetail, most-len(message))),
		Retryable:    failure.Retryable,
		RetryDelayMs: uint64(max(0, failure.Delay).Milliseconds()),
	}
	if failure.Kind == Transient {
		fail.Kind = workerv1.Fail_TRANSIENT
	}
	return func(lastSequence uint64) *workerv1.WorkerMessage {
		fail.LastSequence = lastSequence
		return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Fail{Fail: fail}}
	}
}
