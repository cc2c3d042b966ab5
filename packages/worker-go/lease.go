package uws

import "time"

// leaseWatch watches, on the worker's side, how long ago the server was last in contact: a message came from it, or a heartbeat
// went out on a standing stream. An attempt whose lease has passed since may already run elsewhere.
//
// A connection that was cut without a word takes the heartbeats of up to 15 s (see the keepalive in connection.go) before it is
// noticed: that much may this side be late. It costs double work, never a wrong result, since the server fences.
type leaseWatch struct {
	now         func() time.Time
	lastContact time.Time
}

func newLeaseWatch(now func() time.Time) *leaseWatch {
	return &leaseWatch{now: now, lastContact: now()}
}

func (w *leaseWatch) contact() { w.lastContact = w.now() }

// left is how much remains of a lease; not above 0 when it is over.
func (w *leaseWatch) left(lease time.Duration) time.Duration {
	return lease - w.now().Sub(w.lastContact)
}
