package uws

import (
	"context"
	"sync"
)

// processSlots are the processes of a worker's jobs: no more of them than it has slots. The server counts the jobs that a worker
// holds; a process that outlives its attempt (fenced, say, and slow to die) is known here only, and the next one waits for its end.
type processSlots struct {
	free    chan struct{}
	mu      sync.Mutex
	running map[*jobProcess]struct{}
	all     sync.WaitGroup
}

func newProcessSlots(slots int) *processSlots {
	return &processSlots{free: make(chan struct{}, slots), running: map[*jobProcess]struct{}{}}
}

// run runs the process when there is a slot, or fails with the context's cause if that comes first.
func (p *processSlots) run(ctx context.Context, process *jobProcess) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case p.free <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-p.free }()
	p.mu.Lock()
	p.running[process] = struct{}{}
	p.all.Add(1)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.running, process)
		p.mu.Unlock()
		p.all.Done()
	}()
	return process.run()
}

// end kills every process, and returns when none is left. No attempt is held any more: none begins.
func (p *processSlots) end() {
	p.mu.Lock()
	for process := range p.running {
		process.kill()
	}
	p.mu.Unlock()
	p.all.Wait()
}
