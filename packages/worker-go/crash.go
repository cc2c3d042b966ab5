package uws

import (
	"fmt"
	"os"
	"syscall"
)

// crashOf is the failure of a job whose process ended without a word of its handler.
//
// A crash is the job's own doing and will come again: fatal. A SIGKILL that was not ours is most likely the kernel, short of memory,
// which depends on what else ran: transient. Neither is tried again unless the worker's author wants it.
func crashOf(state *os.ProcessState, stderr string, retryable bool) *Failure {
	status, _ := state.Sys().(syscall.WaitStatus)
	failure := &Failure{Retryable: retryable}
	how := fmt.Sprintf("exit status %d", state.ExitCode())
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		how = "killed by SIGKILL"
		failure.Kind = Transient
		failure.Message = "the job's process was killed by SIGKILL (out of memory?)"
	case status.Signaled():
		how = fmt.Sprintf("killed by signal %d (%s)", status.Signal(), status.Signal())
		failure.Message = "the job's process was " + how
	case state.ExitCode() == 0:
		failure.Message = "the job's process ended with exit status 0, before its handler had returned"
	default:
		failure.Message = fmt.Sprintf("the job's process ended with exit status %d", state.ExitCode())
	}
	failure.Detail = how + "; nothing on stderr"
	if stderr != "" {
		failure.Detail = how + "; the end of stderr:\n" + stderr
	}
	return failure
}
