package main

import (
	"errors"
	"log"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	pb "bun-uws/worker/v1"
)

// goOn keeps the jobs that are still ours and says again what the gateway has not got; the others are stopped.
func (w *worker) goOn() {
	verdicts := map[string]*pb.HeldVerdict{}
	for _, verdict := range w.welcome.Held {
		verdicts[verdict.AttemptToken] = verdict
	}
	w.sendCredit()
	for token, job := range w.jobs {
		if verdict := verdicts[token]; verdict.GetValid() {
			job.acknowledge(verdict.AcknowledgedSequence)
			job.sayAgain()
		} else {
			w.drop(token, errors.New("fenced"))
		}
	}
}

func (w *worker) receive(message *pb.ServerMessage) {
	switch m := message.Message.(type) {
	case *pb.ServerMessage_Assign:
		if w.jobs[m.Assign.AttemptToken] != nil || len(w.jobs) >= number("UWS_SLOTS", 1) || !slices.Contains(jobTypes, m.Assign.JobType) {
			return // Sent twice, or not for us: what is not accepted goes to somebody else.
		}
		job := newJob(w, m.Assign)
		w.jobs[m.Assign.AttemptToken] = job
		w.send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Accept{Accept: &pb.Accept{AttemptToken: m.Assign.AttemptToken}}})
		go job.run()
	case *pb.ServerMessage_EventAck:
		if job := w.jobs[m.EventAck.AttemptToken]; job != nil {
			job.acknowledge(m.EventAck.Sequence)
		}
	case *pb.ServerMessage_Cancel:
		if job := w.jobs[m.Cancel.AttemptToken]; job != nil {
			job.stop(map[pb.Cancel_Reason]string{2: "timed_out", 3: "destroyed"}[m.Cancel.Reason], time.Duration(m.Cancel.GraceMs)*time.Millisecond)
		}
	case *pb.ServerMessage_Fenced:
		w.drop(m.Fenced.AttemptToken, errors.New("fenced"))
	case *pb.ServerMessage_Ended:
		w.drop(m.Ended.AttemptToken, nil)
	} // Whatever else there is, this worker need not know.
}

// drop holds a job no longer.
func (w *worker) drop(token string, reason error) {
	if job := w.jobs[token]; job != nil {
		job.cancel(reason)
		job.over = true
		delete(w.jobs, token)
		w.changed.Broadcast()
	}
}

func (w *worker) send(message *pb.WorkerMessage) {
	if w.stream != nil {
		_ = w.stream.Send(message) // What is lost is said again on the next stream.
	}
}

func (w *worker) sendCredit() {
	slots := uint32(number("UWS_SLOTS", 1))
	if w.draining {
		slots = 0
		w.send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Draining{Draining: &pb.Draining{}}})
	}
	w.send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Credit{Credit: &pb.Credit{TotalSlots: slots}}})
}

// beat keeps the leases, and stops the jobs when they have run out: others may run them now.
func (w *worker) beat() {
	for pause := 100 * time.Millisecond; ; time.Sleep(pause) {
		w.Lock()
		if w.welcome != nil {
			pause = time.Duration(w.welcome.HeartbeatMs) * time.Millisecond
			if time.Since(w.heard) > time.Duration(w.welcome.LeaseMs)*time.Millisecond && len(w.jobs) > 0 {
				for _, job := range w.jobs {
					job.cancel(errors.New("lease_lost"))
				}
				w.abandon()
			} else if w.stream != nil {
				heartbeat := &pb.Heartbeat{}
				for token := range w.jobs {
					heartbeat.AttemptTokens = append(heartbeat.AttemptTokens, token)
				}
				if w.stream.Send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Heartbeat{Heartbeat: heartbeat}}) == nil {
					w.heard = time.Now()
				}
			}
		}
		w.Unlock()
	}
}

// drainOnSignal finishes the jobs, or gives them back, and ends the program.
func (w *worker) drainOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	<-signals
	each := func(do func(*job)) func() {
		return func() {
			w.Lock()
			defer w.Unlock()
			for _, job := range w.jobs {
				do(job)
			}
		}
	}
	patience := time.Duration(number("UWS_DRAIN_MS", 25_000)) * time.Millisecond
	time.AfterFunc(patience, each(func(j *job) { j.cancel(errors.New("draining")) }))
	time.AfterFunc(patience+time.Second, each(func(j *job) { j.finish(j.release("the worker is draining", nil)) }))
	time.AfterFunc(patience+2*time.Second, func() { os.Exit(0) })
	w.Lock()
	w.draining = true
	w.sendCredit()
	for len(w.jobs) > 0 {
		w.changed.Wait()
	}
	// What was said shall arrive: the gateway ends the stream when it has read all of it.
	time.AfterFunc(time.Second, func() { os.Exit(0) })
	for w.stream != nil {
		_ = w.stream.CloseSend()
		w.changed.Wait()
	}
	os.Exit(0)
}

func number(variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatalf("%s must be a whole number, not %q", variable, text)
	}
	return value
}
