package uws

import "context"

// ProcessOption tells how the processes of a job type are treated. See [ProcessPerJob].
type ProcessOption func(*processHandler)

// RetryCrashes asks for another attempt when the process of a job crashes or is killed. Without it a crash is final.
func RetryCrashes() ProcessOption {
	return func(h *processHandler) { h.retryCrashes = true }
}

// ProcessPerJob runs each job in a process of its own: for work that fills a processor, and for code that may crash. The handler is
// the same, with the same context as one that runs beside others.
//
// The process is the worker's own program, started again with the same arguments: what main does before it comes to [Run] (or
// [Start]) it does there too, and there Run does not return. [IsJobProcess] tells the two apart.
//
// Who is deaf to the end of the context is killed after the grace, with every process that it started. A crash ends the job in
// ERROR with the exit status and the last 8 KiB of stderr, and the worker goes on. When the worker is gone, so is the process. It
// needs a system with process groups (not Windows).
func ProcessPerJob(handler Handler, options ...ProcessOption) Handler {
	apart := &processHandler{Handler: handler}
	for _, option := range options {
		option(apart)
	}
	return apart
}

// processHandler is a handler that is to run in a process of its own; in that process it is the handler.
type processHandler struct {
	Handler
	retryCrashes bool
}

func (h *processHandler) RunJob(ctx context.Context, job *Job) error {
	return h.Handler.RunJob(ctx, job)
}
