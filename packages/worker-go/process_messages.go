package uws

import (
	"encoding/gob"
	"io"
	"sync"
	"time"
)

// What a worker and the process of a job say to each other, over two pipes. A third one says nothing: its end is the worker's.

// File descriptors of the job's process.
const (
	fromWorkerFile = 3
	toWorkerFile   = 4
	lifelineFile   = 5
)

// jobProcessVariable is set in the environment of a job's process.
const jobProcessVariable = "UWS_GO_JOB_PROCESS"

// startJob is the job, and whatever is needed to run it.
type startJob struct {
	// Assign is in protobuf's encoding.
	Assign []byte
	Limits sessionLimits
	// Large results and uploaded files go from process to gateway without the detour over the worker.
	Connect connectionOptions
}

// toJob is one of the three.
type toJob struct {
	Start *startJob
	// Stored is the number of a result that the server has.
	Stored      uint64
	Interrupted Interruption
}

// fromJob is one of the three.
type fromJob struct {
	Ready bool
	// Event is in protobuf's encoding; its number is the job process's own, and answered when it is a result.
	Event   []byte
	Outcome *outcome
}

// outcome is how the handler ended, when it could still say so.
type outcome struct {
	Failure    *sentFailure
	Released   bool
	Reason     string
	Checkpoint []byte
}

// sentFailure is a Failure of which the error that it came from has become text.
type sentFailure struct {
	Message   string
	Kind      Kind
	Detail    string
	Retryable bool
	Delay     time.Duration
}

// pipeWriter sends messages of one kind, by any goroutine.
type pipeWriter struct {
	mu      sync.Mutex
	encoder *gob.Encoder
}

func newPipeWriter(pipe io.Writer) *pipeWriter { return &pipeWriter{encoder: gob.NewEncoder(pipe)} }

func (w *pipeWriter) write(message any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.encoder.Encode(message)
}
