package uws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
)

func newTestOutbox(limits outboxLimits) (*outbox, *time.Time) {
	now := time.Unix(0, 0)
	return newOutbox(token, limits, func() time.Time { return now }), &now
}

// written is all that an outbox has for a line.
func written(l *line) []*workerv1.WorkerMessage {
	var messages []*workerv1.WorkerMessage
	for {
		next, _ := l.next()
		if next.message == nil {
			return messages
		}
		messages = append(messages, next.message)
	}
}

func logOf(message string) *workerv1.LogLine { return &workerv1.LogLine{Message: message} }

func TestLogsBeyondTheLimitAreDroppedAndCounted(t *testing.T) {
	box, _ := newTestOutbox(outboxLimits{maxEvents: 3, maxBytes: 1000})
	for line := range 10 {
		box.log(logOf(fmt.Sprint(line)))
	}
	to := newLine()
	box.attach(to, 0)
	if sent := written(to); len(sent) != 3 {
		t.Fatalf("sent: %v", sent)
	}
	box.acknowledgeUpTo(1)
	if sent := written(to); len(sent) != 1 || !strings.HasPrefix(sent[0].GetEvent().GetLog().GetMessage(), "7 log lines were dropped") {
		t.Errorf("sent: %v", sent)
	}
}

func TestTheLimitCountsBytesToo(t *testing.T) {
	box, _ := newTestOutbox(outboxLimits{maxEvents: 1000, maxBytes: 100})
	for range 10 {
		box.log(logOf(strings.Repeat("x", 60)))
	}
	to := newLine()
	box.attach(to, 0)
	if sent := written(to); len(sent) != 2 {
		t.Errorf("%d were kept", len(sent))
	}
}

func TestAResultWaitsForRoom(t *testing.T) {
	box, _ := newTestOutbox(outboxLimits{maxEvents: 1, maxBytes: 1000})
	box.log(logOf("full"))
	stored := make(chan error, 1)
	go func() { stored <- box.result(t.Context(), &workerv1.Result{Id: "r"}) }()
	to := newLine()
	box.attach(to, 0)
	if sent := written(to); len(sent) != 1 {
		t.Errorf("sent: %v", sent)
	}
	box.acknowledgeUpTo(1)
	<-to.wake
	for len(stored) == 0 {
		for _, message := range written(to) {
			box.acknowledgeUpTo(message.GetEvent().Sequence)
		}
		if box.acknowledgedSequence() == 2 {
			if err := <-stored; err != nil {
				t.Error(err)
			}
			return
		}
		select {
		case <-to.wake:
		case <-time.After(patience):
			t.Fatal("the result did not come")
		}
	}
}

func TestNothingIsRecordedAfterTheEnd(t *testing.T) {
	box, _ := newTestOutbox(defaultOutboxLimits)
	box.progress(&workerv1.Progress{Fraction: 0.5})
	box.finish(func(last uint64) *workerv1.WorkerMessage {
		return &workerv1.WorkerMessage{Message: &workerv1.WorkerMessage_Complete{Complete: &workerv1.Complete{LastSequence: last}}}
	})
	box.log(logOf("late"))
	if err := box.result(t.Context(), &workerv1.Result{Id: "late"}); !errors.Is(err, errOver) {
		t.Errorf("error: %v", err)
	}
	to := newLine()
	box.attach(to, 0)
	if sent := written(to); len(sent) != 2 || sent[1].GetComplete().GetLastSequence() != 1 {
		t.Errorf("sent: %v", sent)
	}
	// On each new line again, but for what is acknowledged.
	to = newLine()
	box.attach(to, 1)
	if sent := written(to); len(sent) != 1 || sent[0].GetComplete() == nil {
		t.Errorf("sent: %v", sent)
	}
	box.close()
	to = newLine()
	box.attach(to, 0)
	if sent := written(to); len(sent) != 0 {
		t.Errorf("sent: %v", sent)
	}
}

func TestOnlyTheNewestProgressIsSentOnceInAWhile(t *testing.T) {
	box, now := newTestOutbox(outboxLimits{maxEvents: 1000, maxBytes: 1000, minInterval: time.Hour})
	to := newLine()
	box.attach(to, 0)
	for step := range 10 {
		box.progress(&workerv1.Progress{Fraction: float64(step)})
	}
	if sent := written(to); len(sent) != 1 || sent[0].GetEvent().GetProgress().GetFraction() != 0 {
		t.Errorf("sent: %v", sent)
	}
	*now = now.Add(time.Hour)
	box.checkpoint(&workerv1.Checkpoint{State: []byte("state")})
	sent := written(to)
	if len(sent) != 2 || sent[0].GetEvent().GetCheckpoint() == nil || sent[1].GetEvent().GetProgress().GetFraction() != 9 {
		t.Errorf("sent: %v", sent)
	}
}

func TestALineThatIsGoneTakesNothing(t *testing.T) {
	box, _ := newTestOutbox(defaultOutboxLimits)
	old, fresh := newLine(), newLine()
	box.attach(old, 0)
	box.log(logOf("one"))
	box.detach()
	if sent := written(old); len(sent) != 0 {
		t.Errorf("sent: %v", sent)
	}
	box.attach(fresh, 0)
	if sent := written(fresh); len(sent) != 1 {
		t.Errorf("sent: %v", sent)
	}
}

func TestAResultEndsWithItsContext(t *testing.T) {
	box, _ := newTestOutbox(outboxLimits{maxEvents: 0, maxBytes: 1})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(Aborted)
	if err := box.result(ctx, &workerv1.Result{Id: "r"}); err != Aborted {
		t.Errorf("error: %v", err)
	}
}
