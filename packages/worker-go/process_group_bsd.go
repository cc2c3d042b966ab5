//go:build unix && !linux

package uws

import (
	"os"
	"os/exec"
)

func ownProgram() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// waitFor waits for the end of a process and its output, and calls clear then.
func waitFor(command *exec.Cmd, clear func()) {
	_ = command.Wait()
	clear()
}

// hasRunning is not to be known here.
func hasRunning(int) bool { return true }

func offerToOutOfMemoryKiller() {}
