// Command bare-worker is a worker without an SDK: the protocol of worker.proto with gRPC alone. It is the conformance worker, too;
// what its jobs do is in the package steps, and how they speak in job.go.
package main

import (
	"cmp"
	"context"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"time"

	pb "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

var jobTypes = []string{"conformance", "other"}

// worker holds jobs, whether there is a stream or not. The mutex also keeps the order of what is sent.
type worker struct {
	sync.Mutex
	client   pb.WorkerServiceClient
	instance string
	jobs     map[string]*job             // by attempt token
	stream   pb.WorkerService_WorkClient // nil between two
	abandon  context.CancelFunc          // ends the stream
	welcome  *pb.Welcome
	heard    time.Time // when the gateway was last in contact
	draining bool
	changed  *sync.Cond // a job has ended, or has room for events
}

func main() {
	channel, err := grpc.NewClient(os.Getenv("UWS_GATEWAY"), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithStaticStreamWindowSize(1<<20), grpc.WithStaticConnWindowSize(4<<20), // docs/decisions.md, Bun's HTTP/2
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, MaxDelay: 2 * time.Second}}))
	if err != nil {
		log.Fatal(err)
	}
	instance := cmp.Or(os.Getenv("UWS_INSTANCE"), "bare-"+strconv.FormatUint(rand.Uint64(), 36))
	w := &worker{client: pb.NewWorkerServiceClient(channel), instance: instance, jobs: map[string]*job{}}
	w.changed = sync.NewCond(w)
	go w.drainOnSignal()
	go w.beat()
	for refusals := 0; ; {
		welcomed, err := w.session()
		log.Print("the stream ended: ", err)
		delay := rand.N(time.Second)
		switch code := status.Code(err); {
		case welcomed:
			refusals = 0
		case code == codes.Unauthenticated || code == codes.PermissionDenied:
			if refusals++; refusals >= number("UWS_MAX_REFUSALS", 10) {
				log.Fatal("refused too often")
			}
			delay = time.Duration(number("UWS_REFUSED_MS", 30_000)) * time.Millisecond
		}
		time.Sleep(delay)
	}
}

// outgoing carries the token, which every call needs.
func outgoing(ctx context.Context) context.Context {
	if token := os.Getenv("UWS_TOKEN"); token != "" {
		return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	return ctx
}

// session has one stream: Hello with what we hold, Welcome, then whatever comes.
func (w *worker) session() (welcomed bool, err error) {
	ctx, cancel := context.WithCancel(outgoing(context.Background()))
	defer cancel()
	stream, err := w.client.Work(ctx, grpc.WaitForReady(true))
	if err != nil {
		return false, err
	}
	hello := &pb.Hello{ProtocolVersion: 1, WorkerName: "bare", InstanceId: w.instance, Sdk: "none", JobTypes: jobTypes}
	w.Lock()
	for token, job := range w.jobs {
		hello.Held = append(hello.Held, &pb.HeldAttempt{AttemptToken: token, AcknowledgedSequence: job.acknowledged})
	}
	w.Unlock()
	_ = stream.Send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Hello{Hello: hello}}) // Recv tells what went wrong.
	defer func() {
		w.Lock()
		w.stream = nil
		w.changed.Broadcast()
		w.Unlock()
	}()
	for {
		message, err := stream.Recv()
		if err != nil {
			return welcomed, err
		}
		w.Lock()
		if welcome := message.GetWelcome(); welcome != nil {
			welcomed, w.stream, w.abandon, w.welcome = true, stream, cancel, welcome
			w.goOn()
		}
		w.heard = time.Now()
		w.receive(message)
		w.Unlock()
	}
}
