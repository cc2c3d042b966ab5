package uws

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	workerv1 "bun-uws/worker/v1"
)

// errOver is what a handler gets that still has something to say when its attempt has ended.
var errOver = errors.New("the attempt has ended")

type outboxLimits struct {
	// maxEvents may wait for their acknowledgement, and maxBytes of them.
	maxEvents, maxBytes int
	// minInterval is between progress and checkpoints that go out.
	minInterval time.Duration
}

var defaultOutboxLimits = outboxLimits{maxEvents: 1000, maxBytes: 8 << 20, minInterval: 100 * time.Millisecond}

type entry struct {
	event *workerv1.Event
	bytes int
	// acknowledged is closed when the server has it; may be nil.
	acknowledged chan struct{}
}

// outbox is what an attempt has to say, in order, until the server has it.
//
// An event gets its sequence number (from 1, without gaps) when it is put in the list of the unacknowledged; from then on it is
// sent on each new stream until it is acknowledged. Logs and results get theirs at once. Progress and checkpoints, of which only
// the newest counts, wait without a number while there is no stream, no room, or the last ones were sent a moment ago: that is
// how they are coalesced without leaving gaps.
//
//	attached   there is a line: numbered events are taken by it
//	detached   there is none (or the lease is in doubt): they are kept
//	finished   the last message (Complete, Fail, Cancelled, Release) is kept too; nothing more is recorded
//	closed     nothing is kept or sent any more
//
// The list is limited. Beyond the limit logs are dropped and counted, results wait for room.
type outbox struct {
	token  string
	limits outboxLimits
	now    func() time.Time

	mu   sync.Mutex
	line *line
	// queued: the line knows that there is something to be taken.
	queued  bool
	entries []entry
	// sent of the entries went out on this line.
	sent             int
	bytes            int
	lastSequence     uint64
	acknowledged     uint64
	latestProgress   *workerv1.Progress
	latestCheckpoint *workerv1.Checkpoint
	latestAt         time.Time
	timer            *time.Timer
	droppedLogs      int
	// room is closed when there may be room again, or none will be.
	room      chan struct{}
	recording bool
	final     *workerv1.WorkerMessage
	finalSent bool
}

func newOutbox(token string, limits outboxLimits, now func() time.Time) *outbox {
	return &outbox{token: token, limits: limits, now: now, room: make(chan struct{}), recording: true}
}

// acknowledgedSequence is the last sequence number that the server acknowledged.
func (o *outbox) acknowledgedSequence() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.acknowledged
}

func (o *outbox) progress(progress *workerv1.Progress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.recording {
		return
	}
	o.latestProgress = progress
	o.sendLatest()
}

func (o *outbox) checkpoint(checkpoint *workerv1.Checkpoint) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.recording {
		return
	}
	o.latestCheckpoint = checkpoint
	o.sendLatest()
}

func (o *outbox) log(line *workerv1.LogLine) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !o.recording:
	case o.isFull():
		o.droppedLogs++
	default:
		o.append(&workerv1.Event{Event: &workerv1.Event_Log{Log: line}}, len(line.Message), nil)
	}
}

// result returns when the server has it, or with the context's cause when that comes first.
func (o *outbox) result(ctx context.Context, result *workerv1.Result) error {
	acknowledged := make(chan struct{})
	for {
		room, done, err := o.tryResult(result, acknowledged)
		if err != nil {
			return err
		}
		if done {
			break
		}
		select {
		case <-room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case <-acknowledged:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (o *outbox) tryResult(result *workerv1.Result, acknowledged chan struct{}) (room chan struct{}, done bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.recording {
		return nil, false, errOver
	}
	if o.isFull() {
		return o.room, false, nil
	}
	o.append(&workerv1.Event{Event: &workerv1.Event_Result{Result: result}}, len(result.GetInline()), acknowledged)
	return nil, true, nil
}

// finish records the attempt's last message, which is built from the sequence number of its last event.
func (o *outbox) finish(build func(lastSequence uint64) *workerv1.WorkerMessage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.recording {
		return
	}
	o.stopTimer()
	o.reportDroppedLogs()
	o.appendLatest()
	o.recording = false
	o.final = build(o.lastSequence)
	o.wakeRoom()
	o.announce()
}

// attach: a line is there. What the server does not have is sent, now and from now on.
func (o *outbox) attach(to *line, acknowledged uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line = nil
	o.acknowledge(acknowledged)
	o.line = to
	o.queued = false
	o.sent = 0
	o.finalSent = false
	o.announce()
	o.sendLatest()
}

// detach: nothing is sent until there is a line again.
func (o *outbox) detach() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line = nil
	o.stopTimer()
}

// acknowledgeUpTo: the server has everything up to this number.
func (o *outbox) acknowledgeUpTo(sequence uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.acknowledge(sequence)
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line = nil
	o.stopTimer()
	o.recording = false
	o.entries, o.final = nil, nil
	o.sent, o.bytes = 0, 0
	o.latestProgress, o.latestCheckpoint = nil, nil
	o.wakeRoom()
}

// take gives a line the next message that has not been sent on it.
func (o *outbox) take(by *line) *workerv1.WorkerMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.line != by {
		return nil
	}
	o.queued = false
	if o.sent < len(o.entries) {
		event := o.entries[o.sent].event
		o.sent++
		o.announce()
		return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Event{Event: event}}
	}
	if o.final != nil && !o.finalSent {
		o.finalSent = true
		return o.final
	}
	return nil
}

// announce tells the line that there is something to take. All of what follows needs the lock.
func (o *outbox) announce() {
	if o.line == nil || o.queued || (o.sent == len(o.entries) && (o.final == nil || o.finalSent)) {
		return
	}
	o.queued = true
	o.line.enqueue(o)
}

func (o *outbox) isFull() bool {
	return len(o.entries) >= o.limits.maxEvents || o.bytes >= o.limits.maxBytes
}

func (o *outbox) append(event *workerv1.Event, bytes int, acknowledged chan struct{}) {
	o.lastSequence++
	event.AttemptToken = o.token
	event.Sequence = o.lastSequence
	o.entries = append(o.entries, entry{event, bytes, acknowledged})
	o.bytes += bytes
	o.announce()
}

func (o *outbox) acknowledge(sequence uint64) {
	if sequence <= o.acknowledged {
		return
	}
	o.acknowledged = min(sequence, o.lastSequence)
	done := 0
	for ; done < len(o.entries) && o.entries[done].event.Sequence <= sequence; done++ {
		o.bytes -= o.entries[done].bytes
		if waiting := o.entries[done].acknowledged; waiting != nil {
			close(waiting)
		}
	}
	// A copy now and then: a slice of it would keep what was acknowledged.
	o.entries = append([]entry(nil), o.entries[done:]...)
	o.sent = max(0, o.sent-done)
	if !o.recording || o.isFull() {
		return
	}
	o.reportDroppedLogs()
	o.wakeRoom()
	o.sendLatest()
}

func (o *outbox) wakeRoom() {
	close(o.room)
	o.room = make(chan struct{})
}

func (o *outbox) appendLatest() {
	progress, checkpoint := o.latestProgress, o.latestCheckpoint
	o.latestProgress, o.latestCheckpoint = nil, nil
	// The checkpoint first: who sees the progress may count on the state.
	if checkpoint != nil {
		o.append(&workerv1.Event{Event: &workerv1.Event_Checkpoint{Checkpoint: checkpoint}}, len(checkpoint.State), nil)
	}
	if progress != nil {
		o.append(&workerv1.Event{Event: &workerv1.Event_Progress{Progress: progress}}, len(progress.Message), nil)
	}
}

func (o *outbox) sendLatest() {
	if !o.recording || o.line == nil || o.isFull() || (o.latestProgress == nil && o.latestCheckpoint == nil) {
		return
	}
	if wait := o.limits.minInterval - o.now().Sub(o.latestAt); wait > 0 {
		if o.timer == nil {
			o.timer = time.AfterFunc(wait, o.onTimer)
		}
		return
	}
	o.stopTimer()
	o.latestAt = o.now()
	o.appendLatest()
}

func (o *outbox) onTimer() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timer = nil
	o.sendLatest()
}

func (o *outbox) stopTimer() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
}

func (o *outbox) reportDroppedLogs() {
	if o.droppedLogs == 0 {
		return
	}
	message := fmt.Sprintf("%d log lines were dropped: the server did not take them fast enough", o.droppedLogs)
	o.droppedLogs = 0
	line := &workerv1.LogLine{Level: workerv1.LogLine_WARN, Message: message}
	o.append(&workerv1.Event{Event: &workerv1.Event_Log{Log: line}}, len(message), nil)
}
