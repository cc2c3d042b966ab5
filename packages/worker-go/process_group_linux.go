package uws

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"unsafe"
)

// ownProgram is what runs, also when its file was replaced or removed meanwhile.
func ownProgram() string { return "/proc/self/exe" }

// waitFor waits for the end of a process and calls clear while its id is still its own; then for its output.
func waitFor(command *exec.Cmd, clear func()) {
	const (
		byPid      = 1 // P_PID
		exited     = 4 // WEXITED
		doNotReap  = 0x1000000
		sizeOfInfo = 128 // siginfo_t
	)
	var info [sizeOfInfo]byte
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPid, uintptr(command.Process.Pid),
			uintptr(unsafe.Pointer(&info)), exited|doNotReap, 0, 0)
		if errno != syscall.EINTR {
			break
		}
	}
	clear()
	_ = command.Wait()
}

// hasRunning tells whether a process of the group still runs. Where nobody reaps the orphans (a container without an init) they stay
// as zombies, which run no more.
func hasRunning(group int) bool {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return true
	}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// "pid (name) state ppid pgrp …", and the name may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 2 && string(fields[2]) == strconv.Itoa(group) && fields[0][0] != 'Z' && fields[0][0] != 'X' {
			return true
		}
	}
	return false
}

// offerToOutOfMemoryKiller: when memory is short, the kernel shall take a job's process rather than the worker, who can tell what
// happened, and whose other jobs would be lost. What the process starts inherits this.
func offerToOutOfMemoryKiller() {
	const file = "/proc/self/oom_score_adj"
	score, err := os.ReadFile(file)
	if err != nil {
		return
	}
	if now, err := strconv.Atoi(string(bytes.TrimSpace(score))); err == nil {
		// It may not be allowed.
		_ = os.WriteFile(file, []byte(strconv.Itoa(min(1000, now+300))), 0)
	}
}
