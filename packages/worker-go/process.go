package uws

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/protobuf/proto"
)

const (
	// stderrTail are the bytes of stderr that become part of the job's error.
	stderrTail = 8 << 10
	// leaving is for a process to end after its handler has.
	leaving = 2 * time.Second
	// lastOutput is for the last output of a process that has ended, which one that left its group may hold open.
	lastOutput = time.Second
)

// processHost is what the worker lends to the processes of its jobs.
type processHost struct {
	connect connectionOptions
	slots   *processSlots
	logger  *slog.Logger
	limits  func() sessionLimits
}

// inOwnProcess runs each job in a process of its own.
func inOwnProcess(handler *processHandler, host processHost) runner {
	return func(ctx context.Context, assign *workerv1.Assign, events *outbox) run {
		process := &jobProcess{
			host: host, retryCrashes: handler.retryCrashes, ctx: ctx, assign: assign, events: events, begun: time.Now(),
		}
		return run{wait: func() error { return host.slots.run(ctx, process) }, kill: process.kill}
	}
}

// jobProcess is the process of one job, seen from the worker.
//
//	starting  the process was made, leader of its own group; it holds a pipe whose end tells it that the worker is gone
//	          → running   it has said that it is ready: it gets the job
//	running   its events go into the attempt's outbox; the end of the context is handed on
//	          → leaving   the handler ended, and it said how
//	          → gone      it ended without a word: a crash, or kill
//	leaving   → gone      it ended; after a while it is killed
//	gone      the process and its output have ended, and its group was killed: nothing that the job started is left, but for what
//	          has left the group
type jobProcess struct {
	host         processHost
	retryCrashes bool
	ctx          context.Context
	assign       *workerv1.Assign
	events       *outbox
	begun        time.Time

	mu sync.Mutex
	// group is the process id of the leader, 0 while there is none.
	group  int
	killed bool
	// outcome is what the handler's end was, as far as it was told.
	outcome atomic.Pointer[outcome]
}

// kill ends the process with everything that it started, or keeps it from being started.
func (p *jobProcess) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if p.group != 0 {
		killGroup(p.group)
	}
}

// run returns what the handler returned, when the process is gone.
func (p *jobProcess) run() error {
	pipes, err := newJobPipes()
	if err != nil {
		return notStarted(err)
	}
	defer pipes.close()
	stderr := &outputTail{maxBytes: stderrTail}
	infos, warnings := p.lines(slog.LevelInfo), p.lines(slog.LevelWarn)
	command := jobCommand()
	command.Env = append(os.Environ(), jobProcessVariable+"=1")
	command.ExtraFiles = pipes.theirs[:]
	command.Stdout = infos
	command.Stderr = io.MultiWriter(warnings, stderr)
	command.WaitDelay = lastOutput
	if err := p.start(command); err != nil {
		return notStarted(err)
	}
	pipes.started()
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.listen(pipes)
	}()
	group := command.Process.Pid
	waitFor(command, func() {
		// What it started and left behind.
		p.mu.Lock()
		defer p.mu.Unlock()
		killGroup(group)
		p.group = 0
	})
	groupGone(group)
	// Its last words are in the pipe, which ends with it.
	<-read
	infos.end()
	warnings.end()
	return p.conclude(command.ProcessState, stderr.text())
}

// start makes the process, unless it was killed before.
func (p *jobProcess) start(command *exec.Cmd) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return errors.New("it was to be killed before it began")
	}
	if err := command.Start(); err != nil {
		return err
	}
	p.group = command.Process.Pid
	return nil
}

func (p *jobProcess) lines(level slog.Level) *outputLines {
	return &outputLines{onLine: func(line string) {
		p.host.logger.Log(context.Background(), level, fmt.Sprintf("job %s: %s", p.assign.JobId, line))
	}}
}

// listen hears what the process says, until its end of the pipe is closed.
func (p *jobProcess) listen(pipes *jobPipes) {
	to := newPipeWriter(pipes.toJob)
	decoder := gob.NewDecoder(pipes.fromJob)
	// Results wait for the server, and do not keep back what comes after them.
	var results sync.WaitGroup
	ctx, cancel := context.WithCancel(p.ctx)
	defer results.Wait()
	defer cancel()
	for {
		var message fromJob
		if err := decoder.Decode(&message); err != nil {
			return
		}
		switch {
		case message.Ready:
			if p.give(to) == nil {
				defer context.AfterFunc(p.ctx, func() { p.interrupt(to) })()
			}
		case message.Outcome != nil:
			p.outcome.Store(message.Outcome)
			defer time.AfterFunc(leaving, p.kill).Stop()
		default:
			event := &workerv1.Event{}
			if proto.Unmarshal(message.Event, event) == nil {
				p.take(ctx, event, to, &results)
			}
		}
	}
}

// give hands over the job.
func (p *jobProcess) give(to *pipeWriter) error {
	assign := proto.Clone(p.assign).(*workerv1.Assign)
	if assign.TimeAllowedMs > 0 {
		// The server's clock runs since it gave the job away, not since its process is there.
		passed := uint64(time.Since(p.begun).Milliseconds())
		assign.TimeAllowedMs = max(1, assign.TimeAllowedMs-min(passed, assign.TimeAllowedMs))
	}
	encoded, err := proto.Marshal(assign)
	if err != nil {
		return err
	}
	return to.write(toJob{Start: &startJob{Assign: encoded, Limits: p.host.limits(), Connect: p.host.connect}})
}

func (p *jobProcess) interrupt(to *pipeWriter) {
	var why Interruption
	if errors.As(context.Cause(p.ctx), &why) {
		_ = to.write(toJob{Interrupted: why})
	}
}

func (p *jobProcess) take(ctx context.Context, event *workerv1.Event, to *pipeWriter, results *sync.WaitGroup) {
	switch content := event.Event.(type) {
	case *workerv1.Event_Progress:
		p.events.progress(content.Progress)
	case *workerv1.Event_Log:
		p.events.log(content.Log)
	case *workerv1.Event_Checkpoint:
		p.events.checkpoint(content.Checkpoint)
	case *workerv1.Event_Result:
		results.Go(func() {
			if p.events.result(ctx, content.Result) == nil {
				_ = to.write(toJob{Stored: event.Sequence})
			}
		})
	}
}

func (p *jobProcess) conclude(state *os.ProcessState, stderr string) error {
	told := p.outcome.Load()
	switch {
	case told == nil && p.wasKilled() && p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	case told == nil:
		return crashOf(state, stderr, p.retryCrashes)
	case told.Released:
		return &released{reason: told.Reason, checkpoint: told.Checkpoint}
	case told.Failure != nil:
		sent := told.Failure
		return &Failure{Message: sent.Message, Kind: sent.Kind, Detail: sent.Detail, Retryable: sent.Retryable, Delay: sent.Delay}
	}
	return nil
}

func (p *jobProcess) wasKilled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// notStarted: there was no room for a process. Elsewhere or later there may be.
func notStarted(err error) error {
	return &Failure{Message: "the job's process could not be started", Kind: Transient, Retryable: true, Err: err}
}

// jobPipes are the pipes of a job's process: three of ours, three of theirs.
type jobPipes struct {
	toJob, fromJob, lifeline *os.File
	theirs                   [3]*os.File
}

func newJobPipes() (*jobPipes, error) {
	pipes := &jobPipes{}
	var err error
	make := func(read, write **os.File) {
		if err == nil {
			*read, *write, err = os.Pipe()
		}
	}
	make(&pipes.theirs[fromWorkerFile-3], &pipes.toJob)
	make(&pipes.fromJob, &pipes.theirs[toWorkerFile-3])
	make(&pipes.theirs[lifelineFile-3], &pipes.lifeline)
	if err != nil {
		pipes.close()
		return nil, err
	}
	return pipes, nil
}

// started: the process has its own ends, and ours must not keep them open.
func (p *jobPipes) started() {
	for _, file := range p.theirs {
		_ = file.Close()
	}
}

func (p *jobPipes) close() {
	p.started()
	for _, file := range []*os.File{p.toJob, p.fromJob, p.lifeline} {
		_ = file.Close()
	}
}
