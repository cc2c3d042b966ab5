package uws

import (
	"context"
	"time"

	workerv1 "bun-uws/worker/v1"
)

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
	for token := range s.held.attempts {
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
