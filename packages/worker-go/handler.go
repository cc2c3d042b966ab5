package uws

import (
	"context"
	"runtime/debug"
)

// Handler runs one job. Its return completes the job, its error fails it. The context is cancelled when the job should end, with
// an [Interruption] as its cause, and has the job's deadline.
type Handler interface {
	RunJob(ctx context.Context, job *Job) error
}

// HandlerFunc is a function as a [Handler]. It runs beside the worker's other jobs; see [ProcessPerJob] for the other way.
type HandlerFunc func(ctx context.Context, job *Job) error

// RunJob calls the function.
func (f HandlerFunc) RunJob(ctx context.Context, job *Job) error { return f(ctx, job) }

// Jobs are the job types that a worker runs, and what runs them.
type Jobs map[string]Handler

// runHandler is the way of every handler, in whatever process: a panic is a failure with its stack, and so is the end of its
// goroutine, which is its own therefore.
func runHandler(ctx context.Context, handler Handler, job *Job) error {
	ended := make(chan error, 1)
	go func() {
		returned := false
		defer func() {
			if returned {
				return
			}
			if value := recover(); value != nil {
				ended <- panicked(value)
			} else {
				ended <- &Failure{Message: "the handler ended its goroutine (runtime.Goexit)", Detail: string(debug.Stack())}
			}
		}()
		err := handler.RunJob(ctx, job)
		returned = true
		ended <- err
	}()
	return <-ended
}
