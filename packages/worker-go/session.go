package uws

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	protocolVersion = 1
	// greetingTimeout: a server that has accepted the stream but says no Welcome for this long is tried again.
	greetingTimeout = 15 * time.Second
	// goodStream: a stream that lived this long was a good one, and the next reconnection is quick again.
	goodStream = 5 * time.Second
	// connectingTimeout: without a connection for this long, the reason is looked for. gRPC would go on in silence.
	connectingTimeout = 3 * time.Second
	// closingTimeout is how long closing waits for what is written to be taken by the network.
	closingTimeout = 500 * time.Millisecond
)

// RefusedError says that the gateway does not want this worker: its token, its job types, its protocol version. [Run] returns it
// when that was so for several times in a row.
type RefusedError struct {
	Code    codes.Code
	Message string
}

// Error is the gateway's reason.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the gateway refused this worker: %s (%s)", e.Message, e.Code)
}

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
// A refused Hello waits for half a minute instead of the backoff, since it seldom heals by itself but an operator may mend it
// meanwhile; ten in a row are final. Draining is no state of its own: it is said again on each new stream.
//
// One goroutine (serve) reads, another one (line.write) writes while the stream is open, and two watch the time. The mutex guards
// what they share; it is held for moments only, never while something is sent or waited for.
type session struct {
	sessionOptions

	mu       sync.Mutex
	attempts map[string]*attempt
	lease    *leaseWatch
	// line is nil unless the stream is open.
	line *line
	// abandon ends the stream from this side.
	abandon    context.CancelFunc
	draining   bool
	closed     bool
	leaseTimer *time.Timer
	// changed is closed, and made anew, when the last attempt has gone.
	changed chan struct{}

	// What follows belongs to serve alone.
	backoff  backoff
	refusals int
	// trouble kept us from connecting and has been said; once is enough until something else does.
	trouble string
}

func newSession(options sessionOptions) *session {
	return &session{
		sessionOptions: options,
		attempts:       map[string]*attempt{},
		lease:          newLeaseWatch(time.Now),
		changed:        make(chan struct{}),
	}
}

func (s *session) limits() sessionLimits { return *s.current.Load() }

// serve connects, and goes on doing so until the context is done. It fails with a *RefusedError when the gateway has refused the
// worker for good.
func (s *session) serve(ctx context.Context) error {
	for {
		delay, err := s.afterStream(s.stream(ctx))
		if err != nil || s.isClosed() {
			return err
		}
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// streamEnd tells how a stream ended.
type streamEnd struct {
	err error
	// welcomed is when the stream was open; zero if it never was.
	welcomed time.Time
}

// stream has one stream, from Hello to its end.
func (s *session) stream(parent context.Context) streamEnd {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	stream, err := s.open(ctx)
	if err != nil {
		return streamEnd{err: err}
	}
	if err := stream.Send(s.greeting(cancel)); err != nil && err != io.EOF {
		return streamEnd{err: err}
	}
	late := time.AfterFunc(greetingTimeout, func() {
		s.logger.Warn(fmt.Sprintf("no answer from the gateway at %s, trying again", s.connection.address))
		cancel()
	})
	defer late.Stop()
	line := newLine()
	var welcomed time.Time
	var writing sync.WaitGroup
	for {
		message, err := stream.Recv()
		if err != nil {
			s.detach()
			cancel()
			// The next stream is not begun before this one is out of use.
			writing.Wait()
			return streamEnd{err: err, welcomed: welcomed}
		}
		if welcome := message.GetWelcome(); welcome != nil && welcomed.IsZero() {
			late.Stop()
			welcomed = time.Now()
			s.welcomed(welcome, line)
			writing.Go(func() { s.write(ctx, cancel, line, stream) })
			writing.Go(func() { s.beat(ctx, line, s.limits().Heartbeat) })
		} else if !welcomed.IsZero() {
			s.receive(message, line)
		}
	}
}

func (s *session) write(ctx context.Context, cancel func(), line *line, stream grpc.BidiStreamingClient[workerv1.WorkerMessage, workerv1.ServerMessage]) {
	if err := line.write(ctx, stream.Send); err == nil {
		// The line was ended: the server ends the stream when it has read all of it.
		_ = stream.CloseSend()
	} else if err != io.EOF {
		// After io.EOF the reader learns how the stream ended. Any other error is of our own message, or of a stream that is
		// cancelled.
		cancel()
	}
}

// open waits for the server to be there. When that takes long, it finds out why, says so once, and waits on.
func (s *session) open(ctx context.Context) (grpc.BidiStreamingClient[workerv1.WorkerMessage, workerv1.ServerMessage], error) {
	for {
		waiting, impatient := context.WithCancel(ctx)
		late := time.AfterFunc(connectingTimeout, func() {
			if !s.connection.isReady() {
				impatient()
			}
		})
		stream, err := s.connection.client.Work(waiting, grpc.WaitForReady(true))
		late.Stop()
		if waiting.Err() == nil {
			// The stream's context must be cancelled at last.
			context.AfterFunc(ctx, impatient)
			return stream, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		// A call that does not wait fails with the reason.
		stream, err = s.connection.client.Work(ctx)
		if err == nil {
			return stream, nil
		}
		if status.Code(err) != codes.Unavailable {
			return nil, err
		}
		s.complain(fmt.Sprintf("no connection to the gateway at %s: %s", s.connection.address, status.Convert(err).Message()))
	}
}

// complain says once what keeps us from connecting, until something else does.
func (s *session) complain(trouble string) {
	if trouble != s.trouble {
		s.logger.Warn(trouble + "; it is tried again and again")
	}
	s.trouble = trouble
}

// afterStream tells how long to wait before the next stream.
func (s *session) afterStream(end streamEnd) (time.Duration, error) {
	wasOpen := !end.welcomed.IsZero()
	if wasOpen {
		s.refusals = 0
		s.trouble = ""
		if time.Since(end.welcomed) >= goodStream {
			s.backoff.reset()
		}
	}
	cause := status.Convert(end.err)
	if !wasOpen && isRefusal(cause.Code()) {
		return s.refused(&RefusedError{Code: cause.Code(), Message: cause.Message()})
	}
	delay := s.backoff.next()
	if !s.isClosed() {
		what := "the gateway did not take the stream"
		if wasOpen {
			what = "the stream to the gateway ended"
		}
		s.logger.Info(fmt.Sprintf("%s (%s), connecting again in %s", what, end.err, delay.Round(time.Millisecond)))
	}
	return delay, nil
}

func (s *session) refused(refused *RefusedError) (time.Duration, error) {
	s.refusals++
	if s.refusals >= s.maxRefusals {
		s.logger.Error(fmt.Sprintf("%s; refused %d times, giving up", refused, s.refusals))
		return 0, refused
	}
	delay := s.refusedDelay/2 + time.Duration(rand.Float64()*float64(s.refusedDelay)/2)
	text := fmt.Sprintf("%s; trying again in %s (%d of %d)", refused, delay.Round(time.Second), s.refusals, s.maxRefusals)
	if refused.Error() == s.trouble {
		s.logger.Warn(text)
	} else {
		s.logger.Error(text)
	}
	s.trouble = refused.Error()
	return delay, nil
}

// greeting makes Hello, with what we hold.
func (s *session) greeting(abandon context.CancelFunc) *workerv1.WorkerMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandon = abandon
	hello := &workerv1.Hello{
		ProtocolVersion: protocolVersion,
		WorkerName:      s.hello.WorkerName,
		InstanceId:      s.hello.InstanceId,
		Sdk:             s.hello.Sdk,
		JobTypes:        s.hello.JobTypes,
		Labels:          s.hello.Labels,
		Descriptions:    s.hello.Descriptions,
	}
	for token, attempt := range s.attempts {
		held := &workerv1.HeldAttempt{AttemptToken: token, AcknowledgedSequence: attempt.outbox.acknowledgedSequence()}
		hello.Held = append(hello.Held, held)
	}
	return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Hello{Hello: hello}}
}

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
	for token, attempt := range s.attempts {
		if verdict := verdicts[token]; verdict.GetValid() {
			attempt.attach(line, verdict.AcknowledgedSequence)
			attempt.begin()
		} else {
			s.fenced(token)
		}
	}
	s.watchLease()
}

// detach: the stream has ended; attempts go on without one.
func (s *session) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line, s.abandon = nil, nil
	for _, attempt := range s.attempts {
		attempt.outbox.detach()
	}
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
		if attempt := s.attempts[message.EventAck.AttemptToken]; attempt != nil {
			attempt.outbox.acknowledgeUpTo(message.EventAck.Sequence)
		}
	case *workerv1.ServerMessage_Ended:
		if attempt := s.attempts[message.Ended.AttemptToken]; attempt != nil {
			s.logger.Debug(fmt.Sprintf("job %s: ended", attempt.assign.JobId))
			attempt.over()
			s.forget(attempt)
		}
	case *workerv1.ServerMessage_Cancel:
		if attempt := s.attempts[message.Cancel.AttemptToken]; attempt != nil {
			attempt.cancel(message.Cancel.Reason, milliseconds(message.Cancel.GraceMs))
		}
	case *workerv1.ServerMessage_Fenced:
		s.fenced(message.Fenced.AttemptToken)
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
	if s.attempts[assign.AttemptToken] != nil {
		return
	}
	if s.runners[assign.JobType] == nil {
		// Not accepted, it goes back to the queue: another worker may know the type.
		s.logger.Error(fmt.Sprintf("assigned a job of type %s, which this worker does not run", assign.JobType))
		return
	}
	if len(s.attempts) >= int(s.slots) {
		// Not accepted, it goes back to the queue without having spent an attempt. To hold it would cost its time.
		s.logger.Error(fmt.Sprintf("assigned more jobs than this worker has slots (%d)", s.slots))
		return
	}
	attempt := newAttempt(s, assign)
	s.attempts[assign.AttemptToken] = attempt
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

func (s *session) fenced(token string) {
	attempt := s.attempts[token]
	if attempt == nil {
		return
	}
	s.logger.Warn(fmt.Sprintf("job %s: this attempt is no longer valid, nothing more is reported for it", attempt.assign.JobId))
	attempt.fence()
	s.forget(attempt)
}

func (s *session) forget(attempt *attempt) {
	delete(s.attempts, attempt.token())
	if len(s.attempts) == 0 {
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

func (s *session) sendCredit() {
	slots := s.slots
	if s.draining {
		slots = 0
		s.line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Draining{Draining: &workerv1.Draining{}}}, nil)
	}
	s.line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Credit{Credit: &workerv1.Credit{TotalSlots: slots}}}, nil)
}

// beat sends heartbeats while the stream is open.
func (s *session) beat(ctx context.Context, line *line, every time.Duration) {
	ticker := time.NewTicker(max(every, time.Millisecond))
	defer ticker.Stop()
	sent := make(chan struct{}, 1)
	sent <- struct{}{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		// One that the network has not taken is enough.
		select {
		case <-ctx.Done():
			return
		case <-sent:
		}
		if !s.heartbeat(line, sent) {
			return
		}
	}
}

func (s *session) heartbeat(line *line, sent chan<- struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A process that was frozen finds both timers due; the lease is looked at first.
	if s.line != line || s.checkLease() {
		return false
	}
	heartbeat := &workerv1.Heartbeat{}
	for token := range s.attempts {
		heartbeat.AttemptTokens = append(heartbeat.AttemptTokens, token)
	}
	line.send(&workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Heartbeat{Heartbeat: heartbeat}}, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.line == line && !s.checkLease() {
			s.lease.contact()
		}
		sent <- struct{}{}
	})
	return true
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
	next := s.limits().Lease
	for _, attempt := range s.attempts {
		if !attempt.leaseLost {
			next = min(next, s.lease.left(attempt.lease()))
		}
	}
	s.leaseTimer = time.AfterFunc(max(next, time.Millisecond), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watchLease()
	})
}

// checkLease tells whether a lease was lost, and stops those attempts.
func (s *session) checkLease() bool {
	lost := false
	for _, attempt := range s.attempts {
		if attempt.leaseLost || s.lease.left(attempt.lease()) > 0 {
			continue
		}
		s.logger.Warn(fmt.Sprintf("job %s: no contact with the gateway for the length of its lease, stopping it", attempt.assign.JobId))
		attempt.loseLease()
		lost = true
	}
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
		held, changed := len(s.attempts), s.changed
		s.mu.Unlock()
		if held == 0 {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
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

// interrupt asks every handler to end.
func (s *session) interrupt(why Interruption) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, attempt := range s.attempts {
		attempt.interrupt(why)
	}
}

// giveBack gives every job back that has not ended.
func (s *session) giveBack(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, attempt := range s.attempts {
		attempt.giveBack(reason)
	}
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
	for _, attempt := range s.attempts {
		attempt.fence()
		s.forget(attempt)
	}
}
