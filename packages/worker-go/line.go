package uws

import (
	"context"
	"sync"

	workerv1 "bun-uws/worker/v1"
)

// line is the writing side of one stream. Nothing is queued that can grow: what an attempt has to say waits in its outbox, and is
// taken from there one message at a time, when the network has taken the one before; attempts take turns. Only the few messages
// of the session itself (credits, accepts, a heartbeat) wait here, and go first.
type line struct {
	mu      sync.Mutex
	control []controlMessage
	ready   []*outbox
	ending  bool
	// wake holds one word that there may be something to write.
	wake chan struct{}
}

type controlMessage struct {
	message *workerv1.WorkerMessage
	// sent is called when the network has taken it; may be nil.
	sent func()
}

func newLine() *line {
	return &line{wake: make(chan struct{}, 1)}
}

// send puts a message of the session before everything that attempts have to say.
func (l *line) send(message *workerv1.WorkerMessage, sent func()) {
	l.mu.Lock()
	l.control = append(l.control, controlMessage{message, sent})
	l.mu.Unlock()
	l.rouse()
}

// enqueue says that an outbox has something for this line. It does so once until it was asked for it.
func (l *line) enqueue(o *outbox) {
	l.mu.Lock()
	l.ready = append(l.ready, o)
	l.mu.Unlock()
	l.rouse()
}

// end lets write return when everything is written that waits now.
func (l *line) end() {
	l.mu.Lock()
	l.ending = true
	l.mu.Unlock()
	l.rouse()
}

func (l *line) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write writes until the context is done, sending fails, or the line was ended and is empty. It alone sends on the stream.
func (l *line) write(ctx context.Context, send func(*workerv1.WorkerMessage) error) error {
	for {
		next, ended := l.next()
		switch {
		case next.message != nil:
			if err := send(next.message); err != nil {
				return err
			}
			if next.sent != nil {
				next.sent()
			}
		case ended:
			return nil
		default:
			select {
			case <-l.wake:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// next takes what is to be written next, if anything.
func (l *line) next() (next controlMessage, ended bool) {
	for {
		l.mu.Lock()
		if len(l.control) > 0 {
			next = l.control[0]
			l.control = l.control[1:]
			l.mu.Unlock()
			return next, false
		}
		if len(l.ready) == 0 {
			ended = l.ending
			l.mu.Unlock()
			return controlMessage{}, ended
		}
		box := l.ready[0]
		l.ready = l.ready[1:]
		l.mu.Unlock()
		if message := box.take(l); message != nil {
			return controlMessage{message: message}, false
		}
	}
}
