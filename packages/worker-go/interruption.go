package uws

// Interruption says why the context of a job was cancelled. It is the context's cause:
//
//	if context.Cause(ctx) == uws.TimedOut { … }
//
// Results and downloads that wait fail with it, too.
type Interruption string

const (
	// Aborted: the server cancelled the job, because a user asked for it.
	Aborted Interruption = "aborted"
	// TimedOut: the server cancelled the job, which exceeded its execution duration.
	TimedOut Interruption = "timed_out"
	// Destroyed: the server cancelled the job, which is no longer there.
	Destroyed Interruption = "destroyed"
	// Fenced: the attempt is no longer ours, another one may be running.
	Fenced Interruption = "fenced"
	// LeaseLost: the server was out of reach for so long that the job has probably been given to somebody else.
	LeaseLost Interruption = "lease_lost"
	// Draining: this worker is about to end; the job goes back to the server.
	Draining Interruption = "draining"
	// Stopped: this worker ends at once; the job goes back to the server.
	Stopped Interruption = "stopped"
)

var interruptionTexts = map[Interruption]string{
	Aborted:   "the job was aborted",
	TimedOut:  "the job exceeded its execution duration",
	Destroyed: "the job was destroyed",
	Fenced:    "the attempt is no longer valid, another one may be running",
	LeaseLost: "the server was out of reach for longer than the lease",
	Draining:  "the worker is draining",
	Stopped:   "the worker was stopped",
}

// Error tells it in words.
func (i Interruption) Error() string {
	if text, ok := interruptionTexts[i]; ok {
		return text
	}
	return "the job was interrupted: " + string(i)
}
