package uws

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Kind tells whether a failure may pass. It is the type of UWS's errorSummary.
type Kind int

const (
	// Fatal will fail again.
	Fatal Kind = iota
	// Transient may work another time.
	Transient
)

// Failure ends a job in ERROR, in the handler's own words. Every other error that a handler returns is a fatal failure with the
// error's text as its message.
//
//	return &uws.Failure{Message: "the archive is closed for maintenance", Kind: uws.Transient, Retryable: true}
type Failure struct {
	// Message is one line for the job's errorSummary. 4 KiB at most are kept.
	Message string
	// Kind is Fatal unless told otherwise.
	Kind Kind
	// Detail is more than the message, for the job's error resource; what Err says unless told otherwise. 256 KiB at most are kept.
	Detail string
	// Retryable asks the server for another attempt, if any remain. A worker's own failure is final unless it says so.
	Retryable bool
	// Delay is how long to wait at least before the next attempt.
	Delay time.Duration
	// Err is what it came from, if anything.
	Err error
}

// Error is the message.
func (f *Failure) Error() string { return f.Message }

// Unwrap is what the failure came from.
func (f *Failure) Unwrap() error { return f.Err }

func (f *Failure) detail() string {
	if f.Detail == "" && f.Err != nil {
		return f.Err.Error()
	}
	return f.Detail
}

// failureOf makes a failure of what a handler returned.
func failureOf(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) && failure != nil {
		return failure
	}
	message := err.Error()
	if message == "" {
		message = fmt.Sprintf("%T", err)
	}
	// Errors that know their stack print it so.
	detail := fmt.Sprintf("%+v", err)
	if detail == message {
		detail = fmt.Sprintf("%T: %s", err, message)
	}
	return &Failure{Message: message, Detail: detail}
}

// panicked makes a failure of a handler's panic. Called where it is recovered, it has the stack.
func panicked(value any) *Failure {
	return &Failure{Message: fmt.Sprint(value), Detail: fmt.Sprintf("panic: %v\n\n%s", value, debug.Stack())}
}
