package uws

import (
	"fmt"
	"log/slog"
	"time"
)

// heldAttempts are those that this worker holds, by their tokens: each from its Assign until the server has answered its end, or
// will not have it any more. A stream that breaks takes none of them along.
//
// Everything here is guarded by the session's mutex.
type heldAttempts struct {
	logger   *slog.Logger
	attempts map[string]*attempt
	// emptied is closed, and made anew, when the last one has gone.
	emptied chan struct{}
}

func newHeldAttempts(logger *slog.Logger) *heldAttempts {
	return &heldAttempts{logger: logger, attempts: map[string]*attempt{}, emptied: make(chan struct{})}
}

func (h *heldAttempts) add(attempt *attempt) { h.attempts[attempt.token()] = attempt }

func (h *heldAttempts) forget(attempt *attempt) {
	delete(h.attempts, attempt.token())
	if len(h.attempts) == 0 {
		close(h.emptied)
		h.emptied = make(chan struct{})
	}
}

// fence ends one whose token is not valid any more.
func (h *heldAttempts) fence(token string) {
	attempt := h.attempts[token]
	if attempt == nil {
		return
	}
	h.logger.Warn(fmt.Sprintf("job %s: this attempt is no longer valid, nothing more is reported for it", attempt.assign.JobId))
	attempt.fence()
	h.forget(attempt)
}

// interrupt asks every handler to end.
func (h *heldAttempts) interrupt(why Interruption) {
	for _, attempt := range h.attempts {
		attempt.interrupt(why)
	}
}

// giveBack gives every job back that has not ended.
func (h *heldAttempts) giveBack(reason string) {
	for _, attempt := range h.attempts {
		attempt.giveBack(reason)
	}
}

// drop ends all of them: the worker is gone.
func (h *heldAttempts) drop() {
	for _, attempt := range h.attempts {
		attempt.fence()
		h.forget(attempt)
	}
}

// detach: the stream has ended, and they go on without one.
func (h *heldAttempts) detach() {
	for _, attempt := range h.attempts {
		attempt.outbox.detach()
	}
}

// loseLeases stops those whose lease is over, and tells whether there were any.
func (h *heldAttempts) loseLeases(contact *leaseWatch) bool {
	lost := false
	for _, attempt := range h.attempts {
		if attempt.leaseLost || contact.left(attempt.lease()) > 0 {
			continue
		}
		h.logger.Warn(fmt.Sprintf("job %s: no contact with the gateway for the length of its lease, stopping it", attempt.assign.JobId))
		attempt.loseLease()
		lost = true
	}
	return lost
}

// leaseLeft is how long it takes until the next lease may be over; at most as long as it is told.
func (h *heldAttempts) leaseLeft(contact *leaseWatch, most time.Duration) time.Duration {
	for _, attempt := range h.attempts {
		if !attempt.leaseLost {
			most = min(most, contact.left(attempt.lease()))
		}
	}
	return most
}
