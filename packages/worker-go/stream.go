package uws

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// One stream after the other: opening, Hello and Welcome, reading and writing until it ends. One goroutine (serve) reads, another
// one (line.write) writes while the stream is open, and one (beat) sends heartbeats.

const (
	// greetingTimeout: a server that has accepted the stream but says no Welcome for this long is tried again.
	greetingTimeout = 15 * time.Second
	// connectingTimeout: without a connection for this long, the reason is looked for. gRPC would go on in silence.
	connectingTimeout = 3 * time.Second
)

// serve connects, and goes on doing so until the context is done. It fails with a *RefusedError when the gateway has refused the
// worker for good.
func (s *session) serve(ctx context.Context) error {
	for {
		end := s.stream(ctx)
		end.wanted = s.isClosed()
		delay, err := s.reconnection.after(end)
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
		s.reconnection.complain(fmt.Sprintf("no connection to the gateway at %s: %s", s.connection.address, status.Convert(err).Message()))
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
	for token, attempt := range s.held.attempts {
		held := &workerv1.HeldAttempt{AttemptToken: token, AcknowledgedSequence: attempt.outbox.acknowledgedSequence()}
		hello.Held = append(hello.Held, held)
	}
	return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Hello{Hello: hello}}
}
