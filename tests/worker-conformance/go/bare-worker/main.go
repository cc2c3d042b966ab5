// Command bare-worker is a worker without an SDK: worker.proto and gRPC alone. What its jobs do is in job.go: put yours in its place.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
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

// A process is one worker. The mutex guards what changes, and keeps the order of what is sent.
var (
	authorized   = context.Background() // of every call, with the token
	draining, _  = signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	client       pb.WorkerServiceClient
	mutex        sync.Mutex
	changed      = sync.NewCond(&mutex)      // attempts are over, or have room for events
	attempts     = map[string]*attempt{}     // that we hold, by token
	current      pb.WorkerService_WorkClient // the latest stream that has begun with a Welcome
	welcome      *pb.Welcome                 // on it
	refusals     int                         // in a row
	pulse, lease *time.Timer                 // until the next heartbeat, and since the last
)

// attempt has a job, which is to stop when ctx is done; its cause says why. We hold it until the gateway has answered its end.
type attempt struct {
	*pb.Assign
	limits          *pb.Welcome
	ctx             context.Context
	cancel          context.CancelCauseFunc
	cancelled, over bool                // the gateway wants it to stop; there is nothing more to say
	kept            []*pb.WorkerMessage // events that are not acknowledged, then the end
	acknowledged    uint64
}

func main() {
	pauses := backoff.Config{BaseDelay: time.Second, Multiplier: 1, Jitter: 0.5, MaxDelay: time.Second}
	channel, err := grpc.NewClient(os.Getenv("UWS_GATEWAY"), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: pauses, MinConnectTimeout: 5 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true)))
	if err != nil {
		log.Fatal(err)
	}
	client = pb.NewWorkerServiceClient(channel)
	if token := os.Getenv("UWS_TOKEN"); token != "" {
		authorized = metadata.AppendToOutgoingContext(authorized, "authorization", "Bearer "+token)
	}
	pulse, lease = time.AfterFunc(0, beat), time.AfterFunc(0, func() { stopAll("lease_lost") })
	context.AfterFunc(draining, drain)
	for pause := time.Duration(0); refusals < maxRefusals; {
		time.Sleep(pause)
		err := session()
		log.Print("the stream ended: ", err)
		pause = rand.N(time.Second)
		if code := status.Code(err); code == codes.Unauthenticated || code == codes.PermissionDenied {
			pause = refusedPause
			refusals++
		}
	}
	log.Fatal("refused too often")
}

// session has one stream: Hello with what we hold, then what the gateway says. Attempts come and go nowhere else.
func session() error {
	stream, err := client.Work(authorized)
	if err != nil {
		return err
	}
	hello := &pb.Hello{ProtocolVersion: 1, WorkerName: "bare", InstanceId: instance, Sdk: "none", JobTypes: jobTypes}
	for token, a := range attempts {
		hello.Held = append(hello.Held, &pb.HeldAttempt{AttemptToken: token, AcknowledgedSequence: a.acknowledged})
	}
	_ = stream.Send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Hello{Hello: hello}}) // Recv tells what went wrong.
	for {
		message, err := stream.Recv()
		if err != nil {
			return err
		}
		receive(message, stream)
	}
}

// receive does what the gateway says. What a message is not is nil, and a nil one has no token.
func receive(message *pb.ServerMessage, stream pb.WorkerService_WorkClient) {
	mutex.Lock()
	defer mutex.Unlock()
	defer changed.Broadcast()
	assign, ack, cancel := message.GetAssign(), message.GetEventAck(), message.GetCancel()
	gone := cmp.Or(message.GetFenced().GetAttemptToken(), message.GetEnded().GetAttemptToken())
	switch a := attempts[cmp.Or(assign.GetAttemptToken(), ack.GetAttemptToken(), cancel.GetAttemptToken(), gone)]; {
	case message.GetWelcome() != nil:
		current, welcome, refusals = stream, message.GetWelcome(), 0
		resume()
	case assign != nil && a == nil && len(attempts) < slots && slices.Contains(jobTypes, assign.JobType):
		a = &attempt{Assign: assign, limits: welcome}
		a.ctx, a.cancel = context.WithCancelCause(authorized)
		attempts[a.AttemptToken] = a
		send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Accept{Accept: &pb.Accept{AttemptToken: a.AttemptToken}}})
		go func() { a.say(work(a)) }()
	case a == nil: // Not for us, or of a newer protocol.
	case ack != nil:
		a.acknowledge(ack.Sequence)
	case cancel != nil:
		a.cancelled = true
		a.stop(cancel.Reason.String(), time.Duration(cancel.GraceMs)*time.Millisecond)
	case gone != "":
		a.drop()
	}
}

// resume says again what the gateway has not got of the attempts that are still ours. The others are dropped.
func resume() {
	for token, a := range attempts {
		ours := func(verdict *pb.HeldVerdict) bool { return verdict.AttemptToken == token && verdict.Valid }
		if i := slices.IndexFunc(welcome.Held, ours); i >= 0 {
			a.acknowledge(welcome.Held[i].AcknowledgedSequence)
		} else {
			a.drop()
		}
		for _, message := range a.kept {
			send(message)
		}
	}
	pulse.Reset(0)
}

// send tells whether there is a stream. What gets lost is said again on the next one.
func send(message *pb.WorkerMessage) bool { return current != nil && current.Send(message) == nil }

// beat says what we take, and what we hold, which keeps the leases.
func beat() {
	mutex.Lock()
	defer mutex.Unlock()
	if draining.Err() == nil {
		send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Credit{Credit: &pb.Credit{TotalSlots: uint32(slots)}}})
	} else {
		send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Draining{Draining: &pb.Draining{}}})
	}
	heartbeat := &pb.Heartbeat{AttemptTokens: slices.Collect(maps.Keys(attempts))}
	if send(&pb.WorkerMessage{Message: &pb.WorkerMessage_Heartbeat{Heartbeat: heartbeat}}) {
		pulse.Reset(time.Duration(welcome.HeartbeatMs) * time.Millisecond)
		lease.Reset(time.Duration(welcome.LeaseMs) * time.Millisecond)
	}
}

// drain finishes the jobs, or gives them back, and ends the program.
func drain() {
	beat()
	time.AfterFunc(drainPatience, func() { stopAll("draining") })
	time.AfterFunc(drainPatience+2*time.Second, func() { os.Exit(0) })
	mutex.Lock()
	for len(attempts) > 0 {
		changed.Wait()
	}
	time.AfterFunc(time.Second, func() { os.Exit(0) })
	if current != nil {
		_ = current.CloseSend()
		<-current.Context().Done() // The gateway ends the stream when it has read all of it.
	}
	os.Exit(0)
}

func stopAll(reason string) {
	mutex.Lock()
	defer mutex.Unlock()
	for _, a := range attempts {
		a.stop(reason, time.Second)
	}
}

// stop tells the job to stop. If it is deaf to that, the attempt ends without it after the grace.
func (a *attempt) stop(reason string, grace time.Duration) {
	a.cancel(errors.New(reason))
	time.AfterFunc(grace, func() {
		a.say(&pb.WorkerMessage{Message: &pb.WorkerMessage_Release{Release: &pb.Release{Reason: reason}}})
	})
}

// drop lets go of an attempt that has ended, or is somebody else's.
func (a *attempt) drop() {
	a.over, a.kept = true, nil
	a.cancel(errors.New("fenced"))
	delete(attempts, a.AttemptToken)
}

func (a *attempt) acknowledge(sequence uint64) {
	for a.acknowledged < sequence && len(a.kept) > 0 {
		a.kept, a.acknowledged = a.kept[1:], a.acknowledged+1
	}
}

// say numbers an event, or the end, keeps it until it is answered, and sends it. Who has said 1000 events waits for an answer.
func (a *attempt) say(message *pb.WorkerMessage) {
	mutex.Lock()
	defer mutex.Unlock()
	for message.GetEvent() != nil && len(a.kept) >= 1000 && !a.over {
		changed.Wait()
	}
	if a.over {
		return
	}
	a.over = message.GetEvent() == nil
	if a.over && a.cancelled {
		message = &pb.WorkerMessage{Message: &pb.WorkerMessage_Cancelled{Cancelled: &pb.Cancelled{AttemptToken: a.AttemptToken}}}
	}
	switch last := a.acknowledged + uint64(len(a.kept)); m := message.Message.(type) {
	case *pb.WorkerMessage_Event:
		m.Event.AttemptToken, m.Event.Sequence = a.AttemptToken, last+1
	case *pb.WorkerMessage_Complete:
		m.Complete.AttemptToken, m.Complete.LastSequence = a.AttemptToken, last
	case *pb.WorkerMessage_Fail:
		m.Fail.AttemptToken, m.Fail.LastSequence = a.AttemptToken, last
	case *pb.WorkerMessage_Release:
		m.Release.AttemptToken = a.AttemptToken
	}
	a.kept = append(a.kept, message)
	changed.Broadcast()
	send(message)
}

// result stores a result: in an event if it is small, else by an upload.
func (a *attempt) result(id, mediaType string, data []byte) error {
	size := uint64(len(data))
	if most := a.limits.MaxResultBytes; most != 0 && size > most {
		return errors.New("the result " + id + " is longer than the gateway takes")
	}
	if size <= a.limits.MaxInlineResultBytes {
		result := &pb.Result{Id: id, MediaType: mediaType, Content: &pb.Result_Inline{Inline: data}}
		a.say(&pb.WorkerMessage{Message: &pb.WorkerMessage_Event{Event: &pb.Event{Event: &pb.Event_Result{Result: result}}}})
		return nil
	}
	header, sum := &pb.ResultHeader{AttemptToken: a.AttemptToken, Id: id, MediaType: mediaType, Size: size}, sha256.Sum256(data)
	return a.again(func() error {
		upload, err := client.UploadResult(a.ctx)
		if err != nil {
			return err
		}
		_ = upload.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_Header{Header: header}}) // CloseAndRecv tells what went wrong.
		for part := range slices.Chunk(data, 64<<10) {
			_ = upload.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_Data{Data: part}})
		}
		_ = upload.Send(&pb.ResultChunk{Chunk: &pb.ResultChunk_End{End: &pb.ResultEnd{Sha256: sum[:]}}})
		_, err = upload.CloseAndRecv()
		return err
	})
}

// download reads an uploaded parameter, and goes on where it broke off.
func (a *attempt) download(name string) (data []byte, err error) {
	err = a.again(func() error {
		from := &pb.ParameterRef{AttemptToken: a.AttemptToken, Name: name, Offset: uint64(len(data))}
		download, err := client.DownloadParameter(a.ctx, from)
		for err == nil {
			var chunk *pb.Chunk
			chunk, err = download.Recv()
			data = append(data, chunk.GetData()...)
		}
		if err == io.EOF {
			return nil
		}
		return err
	})
	return data, err
}

// again makes a call until the gateway has answered it: it may be away for a while.
func (a *attempt) again(call func() error) error {
	for a.ctx.Err() == nil {
		switch err := call(); status.Code(err) {
		case codes.Unavailable, codes.Aborted, codes.Canceled, codes.Internal:
			time.Sleep(rand.N(time.Second))
		default:
			return err
		}
	}
	return context.Cause(a.ctx)
}
