//go:build unix

package uws

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

const processesSupported = true

// jobCommand starts this program again, as the leader of a process group of its own: to be killed as one, and not reached by a Ctrl-C
// that is meant for the worker.
func jobCommand() *exec.Cmd {
	command := exec.Command(ownProgram(), os.Args[1:]...)
	command.Args[0] = os.Args[0]
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// killGroup kills every process of a group.
func killGroup(leader int) { _ = syscall.Kill(-leader, syscall.SIGKILL) }

const (
	// going is left to a killed process to go: one that waits for a disk may take longer.
	going = time.Second
	look  = 5 * time.Millisecond
)

// groupGone returns when nobody runs of a group that was killed.
func groupGone(leader int) {
	for begun := time.Now(); time.Since(begun) < going; time.Sleep(look) {
		if syscall.Kill(-leader, 0) == syscall.ESRCH || !hasRunning(leader) {
			return
		}
	}
}

// endWithWorker: the worker is gone. So is the job, and whatever it started.
func endWithWorker() {
	// The leader's own id, in which a process that was started by other means would not trust.
	if group, err := syscall.Getpgid(0); err == nil && group == os.Getpid() {
		killGroup(group)
	}
	os.Exit(1)
}

// ownFiles closes the pipes to the worker in whatever the job starts.
func ownFiles() {
	for file := fromWorkerFile; file <= lifelineFile; file++ {
		syscall.CloseOnExec(file)
	}
}
