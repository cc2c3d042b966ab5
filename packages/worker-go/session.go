package uws

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	workerv1 "bun-uws/worker/v1"
)

const (
	protocolVersion = 1
	// closingTimeout is how long closing waits for what is written to be taken by the network.
	closingTimeout = 500 * time.Millisecond
)

type sessionOptions struct {
	connection *connection
	runners    map[string]runner
	slots      uint32
	// hello is what does not change in Hello.
	hello  *workerv1.Hello
	logger *slog.Logger
	// refusedDelay is between tries after a refusal, at most; half of it at least.
	refusedDelay time.Duration
	// maxRefusals in a row are final.
	maxRefusals int
	// current are the limits of the last Welcome.
	current *atomic.Pointer[sessionLimits]
}

// session is the worker's side of the control stream: one stream at a time, for as long as the worker lives.
//
//	waiting    there is no stream; the backoff runs
//	           → greeting  its time has come
//	greeting   a stream is opened (gRPC waits for the server to be there) and Hello sent; nothing else may be sent yet
//	           → open      Welcome: attempts still valid are attached and send what the server lacks, the others end
//	           → waiting   the stream ended, or Welcome did not come in time
//	open       heartbeats, credits, assignments, events
//	           → waiting   the stream ended, whoever ended it; attempts go on, detached
//	           → waiting   the lease ran out all the same (this process was frozen): only a new Hello tells what we hold
//	any        → closed    close
//
// How a stream is opened, read and written is in stream.go; when the next one is tried, in reconnection.go; what becomes of the
// attempts, in held.go and attempt.go. Draining is no state of its own: it is said again on each new stream.
//
// One goroutine (serve) reads, another one (line.write) writes while the stream is open, and two watch the time. The mutex guards
// what they share; it is held for moments only, never while something is sent or waited for.
type session struct {
	sessionOptions

	mu    sync.Mutex
	held  *heldAttempts
	lease *leaseWatch
	// line is nil unless the stream is open.
	line *line
	// abandon ends the stream from this side.
	abandon    context.CancelFunc
	draining   bool
	closed     bool
	leaseTimer *time.Timer

	// reconnection belongs to serve alone.
	reconnection reconnection
}

func newSession(options sessionOptions) *session {
	return &session{
		sessionOptions: options,
		held:           newHeldAttempts(options.logger),
		lease:          newLeaseWatch(time.Now),
		reconnection: reconnection{
			logger: options.logger, refusedDelay: options.refusedDelay, maxRefusals: options.maxRefusals,
		},
	}
}

func (s *session) limits() sessionLimits { return *s.current.Load() }

func (s *session) welcomed(welcome *workerv1.Welcome, line *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limits := limitsOf(welcome)
	s.current.Store(&limits)
	s.logger.Info(fmt.Sprintf("connected to %s, session %s", s.connection.address, welcome.SessionId))
	if s.closed {
		line.end()
		return
	}
	s.line = line
	s.lease.contact()
	verdicts := map[string]*workerv1.HeldVerdict{}
	for _, verdict := range welcome.Held {
		verdicts[verdict.AttemptToken] = verdict
	}
	s.sendCredit()
	for token, attempt := range s.held.attempts {
		if verdict := verdicts[token]; verdict.GetValid() {
			attempt.attach(line, verdict.AcknowledgedSequence)
			attempt.begin()
		} else {
			s.held.fence(token)
		}
	}
	s.watchLease()
}

// detach: the stream has ended; attempts go on without one.
func (s *session) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line, s.abandon = nil, nil
	s.held.detach()
}

func (s *session) receive(received *workerv1.ServerMessage, line *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != line {
		return
	}
	// What a process finds that was frozen for longer than the lease may have been sent before.
	if s.checkLease() {
		return
	}
	s.lease.contact()
	switch message := received.Message.(type) {
	case *workerv1.ServerMessage_Assign:
		s.assigned(message.Assign)
	case *workerv1.ServerMessage_EventAck:
		if attempt := s.held.attempts[message.EventAck.AttemptToken]; attempt != nil {
			attempt.outbox.acknowledgeUpTo(message.EventAck.Sequence)
		}
	case *workerv1.ServerMessage_Ended:
		if attempt := s.held.attempts[message.Ended.AttemptToken]; attempt != nil {
			s.logger.Debug(fmt.Sprintf("job %s: ended", attempt.assign.JobId))
			attempt.over()
			s.held.forget(attempt)
		}
	case *workerv1.ServerMessage_Cancel:
		if attempt := s.held.attempts[message.Cancel.AttemptToken]; attempt != nil {
			attempt.cancel(message.Cancel.Reason, milliseconds(message.Cancel.GraceMs))
		}
	case *workerv1.ServerMessage_Fenced:
		s.held.fence(message.Fenced.AttemptToken)
	case *workerv1.ServerMessage_Drain:
		s.logger.Info("the gateway is about to stop; jobs go on")
	case *workerv1.ServerMessage_Paused:
		state := "no longer paused"
		if message.Paused.Paused {
			state = "paused"
		}
		s.logger.Info(fmt.Sprintf("job type %s is %s", message.Paused.JobType, state))
	}
	// Anything else is of a newer protocol, and not needed by this worker.
}

func (s *session) assigned(assign *workerv1.Assign) {
	// Sent twice, it is still one attempt.
	if s.held.attempts[assign.AttemptToken] != nil {
		return
	}
	if s.runners[assign.JobType] == nil {
		// Not accepted, it goes back to the queue: another worker may know the type.
		s.logger.Error(fmt.Sprintf("assigned a job of type %s, which this worker does not run", assign.JobType))
		return
	}
	if len(s.held.attempts) >= int(s.slots) {
		// Not accepted, it goes back to the queue without having spent an attempt. To hold it would cost its time.
		s.logger.Error(fmt.Sprintf("assigned more jobs than this worker has slots (%d)", s.slots))
		return
	}
	attempt := newAttempt(s, assign)
	s.held.add(attempt)
	accept := &workerv1.Accept{AttemptToken: assign.AttemptToken}
	s.line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Accept{Accept: accept}}, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		attempt.begin()
	})
	attempt.attach(s.line, 0)
	// The watch sleeps for the session's lease at most.
	s.watchLease()
	s.logger.Debug(fmt.Sprintf("job %s, attempt %d: accepted", assign.JobId, assign.Attempt))
}

func (s *session) sendCredit() {
	slots := s.slots
	if s.draining {
		slots = 0
		s.line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Draining{Draining: &workerv1.Draining{}}}, nil)
	}
	s.line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Credit{Credit: &workerv1.Credit{TotalSlots: slots}}}, nil)
}

// watchLease looks at the leases now, and again when the next one may be over.
func (s *session) watchLease() {
	if s.leaseTimer != nil {
		s.leaseTimer.Stop()
	}
	if s.closed {
		return
	}
	s.checkLease()
	next := s.held.leaseLeft(s.lease, s.limits().Lease)
	s.leaseTimer = time.AfterFunc(max(next, time.Millisecond), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watchLease()
	})
}

// checkLease tells whether a lease was lost, and stops those attempts.
func (s *session) checkLease() bool {
	lost := s.held.loseLeases(s.lease)
	if lost && s.abandon != nil {
		s.line = nil
		s.abandon()
	}
	return lost
}

// drain takes no new jobs from now on.
func (s *session) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return
	}
	s.draining = true
	if s.line != nil {
		s.sendCredit()
	}
}

// idle waits until no attempt is held, and tells whether that is so; it is not when the context is done first.
func (s *session) idle(ctx context.Context) bool {
	for {
		s.mu.Lock()
		held, emptied := len(s.held.attempts), s.held.emptied
		s.mu.Unlock()
		if held == 0 {
			return true
		}
		select {
		case <-emptied:
		case <-ctx.Done():
			return false
		}
	}
}

// interrupt asks every handler to end.
func (s *session) interrupt(why Interruption) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held.interrupt(why)
}

// giveBack gives every job back that has not ended.
func (s *session) giveBack(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held.giveBack(reason)
}

func (s *session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *session) isOpen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line != nil
}

// close ends the stream after what waits has gone out, or a moment later. The caller ends serve.
func (s *session) close(ended <-chan struct{}) {
	s.mu.Lock()
	s.closed = true
	if s.leaseTimer != nil {
		s.leaseTimer.Stop()
	}
	line := s.line
	if line != nil {
		line.end()
	}
	s.mu.Unlock()
	if line != nil {
		timer := time.NewTimer(closingTimeout)
		defer timer.Stop()
		select {
		case <-ended:
		case <-timer.C:
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held.drop()
}
