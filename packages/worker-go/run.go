package uws

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// ErrStopped is what [Run] returns when a second signal stopped the worker at once.
var ErrStopped = errors.New("uws: the worker was stopped by a second signal")

// sameInterrupt is how long a SIGINT that comes again is the same Ctrl-C: a terminal tells every process of the group, and who
// started the worker may hand it on once more.
const sameInterrupt = time.Second

// Run runs a worker until it has drained: when the context is done, or at the first SIGTERM or SIGINT. Running jobs are finished, or
// given back after Options.DrainTimeout. A second signal stops it at once, and Run returns [ErrStopped]. It returns a [*RefusedError]
// when the gateway would not have the worker, another error when an option cannot be used, and nil otherwise.
//
// In the process of a job (see [ProcessPerJob]) it runs that job and does not return.
func Run(ctx context.Context, options Options, jobs Jobs) error {
	worker, err := Start(options, jobs)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 2)
	if !options.IgnoreSignals {
		signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
		defer signal.Stop(signals)
	}
	logger := withDefaults(options).Logger
	done := ctx.Done()
	var asked time.Time
	for {
		select {
		case <-worker.Done():
			return worker.Wait()
		case <-done:
			done = nil
			go worker.Drain()
		case received := <-signals:
			switch {
			case asked.IsZero():
				asked = time.Now()
				logger.Info(received.String() + ": draining; once more to stop at once")
				go worker.Drain()
			case received != os.Interrupt || time.Since(asked) > sameInterrupt:
				logger.Warn(received.String() + ": stopping at once")
				worker.Stop()
				return ErrStopped
			}
		}
	}
}
