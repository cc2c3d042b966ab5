package uws

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	workerv1 "bun-uws/worker/v1"
)

// Options say where to connect, and how much to run. The zero value is a worker with one slot, as the environment has it.
type Options struct {
	// Slots is how many jobs run at once; 1 unless told otherwise.
	Slots int
	// Name is for people; the host's name unless told otherwise.
	Name string
	// Address is https://host:port of the gateway, or host:port for plain text; else UWS_GATEWAY, else 127.0.0.1:50051.
	Address string
	// Token is the bearer token; else UWS_TOKEN, else none. It is never sent in plain text but to a loopback address.
	Token string
	// TLS has certificates, and means TLS whatever the address says; else the files in UWS_CA, UWS_CERTIFICATE and UWS_KEY.
	TLS *TLS
	// InstanceID is unique to this run of this process: a second session with the same one replaces the first.
	InstanceID string
	// Labels are for operators.
	Labels map[string]string
	// Descriptions are job descriptions to announce, as YAML or JSON text. The server's operator decides whether they are used.
	Descriptions []string
	// Logger is where the worker itself reports; slog.Default unless told otherwise. What a handler logs goes to the job.
	Logger *slog.Logger
	// DrainTimeout is how long a drain waits for running jobs before it gives them back to the server; 25 s unless told otherwise,
	// 1 ns for not at all.
	DrainTimeout time.Duration
	// RefusedDelay is between tries while the gateway refuses the worker (its token, its job types), at most; half of it at
	// least. 30 s unless told otherwise.
	RefusedDelay time.Duration
	// MaxRefusals in a row end the worker; 10 unless told otherwise.
	MaxRefusals int
	// IgnoreSignals leaves SIGTERM and SIGINT to the program. Run alone heeds it.
	IgnoreSignals bool
}

const (
	sdk = "uws-worker-go/0.1.0"
	// A refused worker goes on trying for about four minutes: long enough to add a token, short enough to be noticed.
	defaultRefusedDelay = 30 * time.Second
	defaultMaxRefusals  = 10
	// Below the 30 s that Kubernetes leaves between SIGTERM and SIGKILL: jobs given back spend no attempt, killed ones do.
	defaultDrainTimeout = 25 * time.Second
	// interruptedGrace is for handlers to end once they were interrupted.
	interruptedGrace = 3 * time.Second
	// stoppedGrace is for handlers of a worker that stops at once: those that listen give the job back with a checkpoint.
	stoppedGrace = 500 * time.Millisecond
	// giveBackTimeout is for the server to answer that it has the jobs back.
	giveBackTimeout = time.Second
	maxSlots        = 1 << 20
)

// Worker is one that runs, for programs that have more to do than [Run]. Made by [Start].
type Worker struct {
	session      *session
	connection   *connection
	processes    *processSlots
	drainTimeout time.Duration
	// ending ends serve, which closes served.
	ending    context.CancelFunc
	served    chan struct{}
	closed    chan struct{}
	err       error
	drainOnce sync.Once
	stopOnce  sync.Once
}

// Start starts a worker, which connects in the background and goes on doing so until it is drained or stopped. It fails, and
// starts nothing, when an option or a variable of the environment cannot be used.
//
// In the process of a job (see [ProcessPerJob]) it runs that job and does not return.
func Start(options Options, jobs Jobs) (*Worker, error) {
	if IsJobProcess() {
		runJobHere(jobs)
	}
	if err := checkOptions(options, jobs); err != nil {
		return nil, err
	}
	connect, err := connectionOptionsOf(options, os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("uws: %w", err)
	}
	connection, err := newConnection(connect)
	if err != nil {
		return nil, fmt.Errorf("uws: %w", err)
	}
	options = withDefaults(options)
	limits := &atomic.Pointer[sessionLimits]{}
	limits.Store(&initialLimits)
	processes := newProcessSlots(options.Slots)
	host := processHost{connect: connect, slots: processes, logger: options.Logger, limits: func() sessionLimits { return *limits.Load() }}
	runners := map[string]runner{}
	for jobType, handler := range jobs {
		if apart, ok := handler.(*processHandler); ok {
			runners[jobType] = inOwnProcess(apart, host)
		} else {
			runners[jobType] = concurrently(handler, connection, host.limits)
		}
	}
	worker := &Worker{
		connection:   connection,
		processes:    processes,
		drainTimeout: options.DrainTimeout,
		served:       make(chan struct{}),
		closed:       make(chan struct{}),
		session: newSession(sessionOptions{
			connection: connection,
			runners:    runners,
			slots:      uint32(options.Slots),
			hello: &workerv1.Hello{
				WorkerName:   options.Name,
				InstanceId:   options.InstanceID,
				Sdk:          sdk,
				JobTypes:     slices.Sorted(maps.Keys(jobs)),
				Labels:       options.Labels,
				Descriptions: options.Descriptions,
			},
			logger:       options.Logger,
			refusedDelay: options.RefusedDelay,
			maxRefusals:  options.MaxRefusals,
			current:      limits,
		}),
	}
	ctx, ending := context.WithCancel(context.Background())
	worker.ending = ending
	go worker.serve(ctx)
	return worker, nil
}

// Drain takes no new jobs, waits for the running ones, gives back those that do not end in time, and returns when the worker has
// ended.
func (w *Worker) Drain() {
	w.drainOnce.Do(func() {
		w.session.drain()
		if !w.idle(w.drainTimeout) {
			w.session.interrupt(Draining)
			w.idle(interruptedGrace)
		}
		w.Stop()
	})
	<-w.closed
}

// Stop gives the running jobs back, as far as the server is there, and returns when the worker has ended.
func (w *Worker) Stop() {
	w.stopOnce.Do(func() { w.stop(nil) })
	<-w.closed
}

// Done is closed when the worker has ended.
func (w *Worker) Done() <-chan struct{} { return w.closed }

// Wait waits until the worker has ended. It returns a [*RefusedError] when the gateway would not have it, and nil when it was
// drained or stopped.
func (w *Worker) Wait() error {
	<-w.closed
	return w.err
}

func (w *Worker) serve(ctx context.Context) {
	err := w.session.serve(ctx)
	close(w.served)
	if err != nil {
		w.stopOnce.Do(func() { w.stop(err) })
	}
}

func (w *Worker) stop(err error) {
	w.session.drain()
	w.session.interrupt(Stopped)
	if w.session.isOpen() {
		w.idle(stoppedGrace)
	}
	w.session.giveBack("the worker was stopped")
	if w.session.isOpen() {
		w.idle(giveBackTimeout)
	}
	w.session.close(w.served)
	w.ending()
	<-w.served
	w.processes.end()
	w.connection.close()
	w.err = err
	close(w.closed)
}

// idle waits for as long until no job is held, and tells whether that is so.
func (w *Worker) idle(timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return w.session.idle(ctx)
}

func checkOptions(options Options, jobs Jobs) error {
	if len(jobs) == 0 {
		return errors.New("uws: a worker needs at least one job type")
	}
	for jobType, handler := range jobs {
		if jobType == "" || handler == nil {
			return fmt.Errorf("uws: each job type needs a name and a handler: %q", jobType)
		}
		if _, apart := handler.(*processHandler); apart && !processesSupported {
			return fmt.Errorf("uws: job type %q: this system has no process groups, which ProcessPerJob needs", jobType)
		}
	}
	if options.Slots < 0 || options.Slots > maxSlots {
		return fmt.Errorf("uws: Slots must be a number from 1 to %d, not %d", maxSlots, options.Slots)
	}
	if options.DrainTimeout < 0 || options.RefusedDelay < 0 || options.MaxRefusals < 0 {
		return errors.New("uws: DrainTimeout, RefusedDelay and MaxRefusals must not be below 0")
	}
	return nil
}

func withDefaults(options Options) Options {
	if options.Slots == 0 {
		options.Slots = 1
	}
	if options.Name == "" {
		// Without a name of the host it is one without a name.
		options.Name, _ = os.Hostname()
	}
	if options.InstanceID == "" {
		options.InstanceID = options.Name + "-" + rand.Text()
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.DrainTimeout == 0 {
		options.DrainTimeout = defaultDrainTimeout
	}
	if options.RefusedDelay == 0 {
		options.RefusedDelay = defaultRefusedDelay
	}
	if options.MaxRefusals == 0 {
		options.MaxRefusals = defaultMaxRefusals
	}
	return options
}
