package uws

import (
	"math"
	"time"

	workerv1 "bun-uws/worker/v1"
)

// sessionLimits is what the server said in Welcome about time and size.
type sessionLimits struct {
	Lease     time.Duration
	Heartbeat time.Duration
	// Bytes.
	MaxMessage      int64
	MaxInlineResult int64
	// MaxResult is math.MaxInt64 when there is no limit.
	MaxResult int64
}

// initialLimits hold before the first Welcome.
var initialLimits = sessionLimits{
	Lease:      30 * time.Second,
	Heartbeat:  10 * time.Second,
	MaxMessage: 4 << 20,
	MaxResult:  math.MaxInt64,
}

const (
	// envelopeBytes is the room in a message for what goes around a payload: token, ids, names of fields.
	envelopeBytes = 4096
	// maxMessageBytes is what this side takes and sends at most, whatever a server allows.
	maxMessageBytes = 64 << 20
)

// limitsOf reads a Welcome. A server that leaves a field out (0 in proto3) gets the value that any server can live with.
func limitsOf(welcome *workerv1.Welcome) sessionLimits {
	limits := initialLimits
	if welcome.LeaseMs > 0 {
		limits.Lease = milliseconds(welcome.LeaseMs)
	}
	limits.Heartbeat = limits.Lease / 3
	if welcome.HeartbeatMs > 0 {
		limits.Heartbeat = milliseconds(welcome.HeartbeatMs)
	}
	if welcome.MaxMessageBytes > 0 {
		limits.MaxMessage = int64(min(welcome.MaxMessageBytes, maxMessageBytes))
	}
	limits.MaxInlineResult = int64(min(welcome.MaxInlineResultBytes, uint64(limits.maxPayload())))
	if welcome.MaxResultBytes > 0 && welcome.MaxResultBytes < math.MaxInt64 {
		limits.MaxResult = int64(welcome.MaxResultBytes)
	}
	return limits
}

// maxPayload is the largest payload that fits in a message, with its envelope.
func (l sessionLimits) maxPayload() int64 { return max(0, l.MaxMessage-envelopeBytes) }

// milliseconds keeps what a server says within what a Duration can hold: a year is for ever.
func milliseconds(ms uint64) time.Duration {
	const year = 365 * 24 * time.Hour
	return time.Duration(min(ms, uint64(year/time.Millisecond))) * time.Millisecond
}
