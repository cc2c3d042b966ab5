//go:build !unix

package uws

import (
	"os"
	"os/exec"
)

// There are no process groups here, and Start refuses what needs them.
const processesSupported = false

func jobCommand() *exec.Cmd         { return exec.Command(os.Args[0]) }
func waitFor(c *exec.Cmd, _ func()) { _ = c.Wait() }
func killGroup(int)                 {}
func groupGone(int)                 {}
func endWithWorker()                { os.Exit(1) }
func ownFiles()                     {}
func offerToOutOfMemoryKiller()     {}
