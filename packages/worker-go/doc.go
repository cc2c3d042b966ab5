// Package uws writes workers for a UWS server: programs that take jobs from its gateway over one gRPC stream, run them, and
// report progress, log lines and results.
//
//	func main() {
//		log.Fatal(uws.Run(context.Background(), uws.Options{Slots: 4}, uws.Jobs{"hello": uws.HandlerFunc(hello)}))
//	}
//
//	func hello(ctx context.Context, job *uws.Job) error {
//		job.Progress(0.5, "thinking")
//		name, _ := job.Parameters.Get("NAME")
//		return job.ResultString(ctx, "greeting", "text/plain", "Hello, "+name+"!")
//	}
//
// The handler's return completes the job, its error fails it (see [Failure]), and its context is cancelled when it should end,
// with an [Interruption] as the cause. A connection that breaks is made anew while jobs go on, and what the server has not
// acknowledged is sent again.
package uws
