package uws

import (
	"context"
	"crypto/sha256"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// patience is how long a test waits for what must come, before it fails.
const patience = 20 * time.Second

// scriptedServer is a gateway that does nothing by itself: each test says what it answers, and when.
type scriptedServer struct {
	workerv1.UnimplementedWorkerServiceServer
	t           testing.TB
	credentials credentials.TransportCredentials
	grpc        *grpc.Server
	address     string
	streams     chan *scriptedStream
	uploads     chan receivedUpload
	downloads   chan *workerv1.ParameterRef

	mu sync.Mutex
	// files are what uploaded parameters hold, by name.
	files map[string][]byte
	// failures break the next uploads after their first data, the next downloads after their first chunk.
	failures []codes.Code
	// refusals are for the next streams.
	refusals []error
	// storeWrongly makes the server store other bytes than were sent.
	storeWrongly bool
	last         *scriptedStream
	accepted     []string
}

type receivedUpload struct {
	header        *workerv1.ResultHeader
	data          []byte
	authorization string
}

func newScriptedServer(t testing.TB) *scriptedServer {
	return newSecureServer(t, insecure.NewCredentials())
}

func newSecureServer(t testing.TB, credentials credentials.TransportCredentials) *scriptedServer {
	s := &scriptedServer{
		t:           t,
		credentials: credentials,
		address:     "127.0.0.1:0",
		streams:     make(chan *scriptedStream, 100),
		uploads:     make(chan receivedUpload, 100),
		downloads:   make(chan *workerv1.ParameterRef, 100),
		files:       map[string][]byte{},
	}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start begins on a free port, or again on the one that it had.
func (s *scriptedServer) start() {
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	s.grpc = grpc.NewServer(grpc.Creds(s.credentials), grpc.MaxRecvMsgSize(maxMessageBytes))
	workerv1.RegisterWorkerServiceServer(s.grpc, s)
	go func(server *grpc.Server) { _ = server.Serve(listener) }(s.grpc)
}

// kill dies like a killed process: every connection breaks.
func (s *scriptedServer) kill() { s.grpc.Stop() }

func (s *scriptedServer) refuse(refusals ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, refusals...)
}

func (s *scriptedServer) fail(failures ...codes.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, failures...)
}

func (s *scriptedServer) failure() (codes.Code, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		return codes.OK, false
	}
	next := s.failures[0]
	s.failures = s.failures[1:]
	return next, true
}

func (s *scriptedServer) Work(call grpc.BidiStreamingServer[workerv1.WorkerMessage, workerv1.ServerMessage]) error {
	s.mu.Lock()
	if len(s.refusals) > 0 {
		refusal := s.refusals[0]
		s.refusals = s.refusals[1:]
		s.mu.Unlock()
		return refusal
	}
	stream := &scriptedStream{t: s.t, server: s, call: call, cut: make(chan error, 1), changed: make(chan struct{}), gone: make(chan struct{})}
	stream.authorization = bearerOf(call.Context())
	s.last = stream
	s.mu.Unlock()
	s.streams <- stream
	go stream.listen()
	select {
	case err := <-stream.cut:
		return err
	case <-stream.gone:
		return nil
	}
}

func (s *scriptedServer) UploadResult(call grpc.ClientStreamingServer[workerv1.ResultChunk, workerv1.StoredResult]) error {
	received := receivedUpload{authorization: bearerOf(call.Context())}
	for {
		chunk, err := call.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if header := chunk.GetHeader(); header != nil {
			received.header = header
		}
		if data := chunk.GetData(); data != nil {
			received.data = append(received.data, data...)
			if code, ok := s.failure(); ok {
				return status.Error(code, "as the test wants it")
			}
		}
	}
	s.mu.Lock()
	if s.storeWrongly {
		received.data = received.data[1:]
		s.storeWrongly = false
	}
	s.mu.Unlock()
	sum := sha256.Sum256(received.data)
	s.uploads <- received
	return call.SendAndClose(&workerv1.StoredResult{Id: received.header.Id, Size: uint64(len(received.data)), Sha256: sum[:]})
}

func (s *scriptedServer) DownloadParameter(reference *workerv1.ParameterRef, call grpc.ServerStreamingServer[workerv1.Chunk]) error {
	s.downloads <- reference
	s.mu.Lock()
	content, ok := s.files[reference.Name]
	s.mu.Unlock()
	if !ok {
		return status.Errorf(codes.NotFound, "no file %s", reference.Name)
	}
	const chunk = 1000
	failure, fails := s.failure()
	for start := int(reference.Offset); start < len(content); start += chunk {
		if err := call.Send(&workerv1.Chunk{Data: content[start:min(len(content), start+chunk)]}); err != nil {
			return err
		}
		if fails {
			return status.Error(failure, "as the test wants it")
		}
	}
	return nil
}

// stream is the next one that a worker opens.
func (s *scriptedServer) stream() *scriptedStream {
	s.t.Helper()
	return within(s.t, s.streams, "a Work stream")
}

// welcomed is the next stream, after Hello and Welcome.
func (s *scriptedServer) welcomed(welcomes ...*workerv1.Welcome) *scriptedStream {
	s.t.Helper()
	stream := s.stream()
	hello := take[*workerv1.Hello](stream)
	stream.welcome(hello, welcomes...)
	take[*workerv1.Credit](stream)
	return stream
}

// endEverything answers all jobs that were accepted, so that a worker can stop without waiting for it.
func (s *scriptedServer) endEverything() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, token := range s.accepted {
		if s.last != nil {
			s.last.send(ended(token))
		}
	}
}

// scriptedStream is one Work stream, seen from the server.
type scriptedStream struct {
	t             testing.TB
	server        *scriptedServer
	call          grpc.BidiStreamingServer[workerv1.WorkerMessage, workerv1.ServerMessage]
	authorization string
	cut           chan error
	gone          chan struct{}
	sending       sync.Mutex

	mu            sync.Mutex
	received      []proto.Message
	changed       chan struct{}
	acknowledging bool
	// deaf: nothing more is read.
	deaf bool
}

func (s *scriptedStream) listen() {
	defer close(s.gone)
	for {
		message, err := s.call.Recv()
		if err != nil {
			return
		}
		fields := message.ProtoReflect()
		content := fields.Get(fields.WhichOneof(fields.Descriptor().Oneofs().Get(0))).Message().Interface()
		s.mu.Lock()
		if accept, ok := content.(*workerv1.Accept); ok {
			s.server.mu.Lock()
			s.server.accepted = append(s.server.accepted, accept.AttemptToken)
			s.server.mu.Unlock()
		}
		if event, ok := content.(*workerv1.Event); ok && s.acknowledging {
			s.acknowledge(event.AttemptToken, event.Sequence)
		}
		s.received = append(s.received, content)
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
	}
}

// take waits for the next message of a kind that fits; others wait to be taken.
func take[M proto.Message](s *scriptedStream, fits ...func(M) bool) M {
	s.t.Helper()
	timeout := time.After(patience)
	for {
		s.mu.Lock()
		for index, received := range s.received {
			message, ok := received.(M)
			if ok && (len(fits) == 0 || fits[0](message)) {
				s.received = append(s.received[:index:index], s.received[index+1:]...)
				s.mu.Unlock()
				return message
			}
		}
		changed := s.changed
		waiting := len(s.received)
		s.mu.Unlock()
		select {
		case <-changed:
		case <-timeout:
			var none M
			s.t.Fatalf("no %T came; %d other messages did", none, waiting)
		}
	}
}

// untaken are the messages of a kind that came and were not taken.
func untaken[M proto.Message](s *scriptedStream) []M {
	s.mu.Lock()
	defer s.mu.Unlock()
	var messages []M
	for _, received := range s.received {
		if message, ok := received.(M); ok {
			messages = append(messages, message)
		}
	}
	return messages
}

// eventsUntil takes all events up to the one that fits.
func (s *scriptedStream) eventsUntil(fits func(*workerv1.Event) bool) []*workerv1.Event {
	s.t.Helper()
	var events []*workerv1.Event
	for {
		event := take[*workerv1.Event](s)
		events = append(events, event)
		if fits(event) {
			return events
		}
	}
}

func (s *scriptedStream) send(message *workerv1.ServerMessage) {
	s.sending.Lock()
	defer s.sending.Unlock()
	_ = s.call.Send(message)
}

// welcome answers Hello. Without other word every held token is valid as far as the worker says it was acknowledged.
func (s *scriptedStream) welcome(hello *workerv1.Hello, welcomes ...*workerv1.Welcome) {
	welcome := &workerv1.Welcome{
		ProtocolVersion: 1, SessionId: "scripted", LeaseMs: 30_000, HeartbeatMs: 10_000, AcceptTimeoutMs: 5_000,
		MaxMessageBytes: 4 << 20, MaxInlineResultBytes: 1024,
	}
	for _, other := range welcomes {
		proto.Merge(welcome, other)
	}
	if len(welcome.Held) == 0 {
		for _, held := range hello.Held {
			welcome.Held = append(welcome.Held,
				&workerv1.HeldVerdict{AttemptToken: held.AttemptToken, Valid: true, AcknowledgedSequence: held.AcknowledgedSequence})
		}
	}
	s.send(&workerv1.ServerMessage{Message: &workerv1.ServerMessage_Welcome{Welcome: welcome}})
}

// run assigns, and waits until the worker has accepted.
func (s *scriptedStream) run(assign *workerv1.Assign) {
	s.t.Helper()
	s.assign(assign)
	take(s, func(accept *workerv1.Accept) bool { return accept.AttemptToken == assign.AttemptToken })
}

func (s *scriptedStream) assign(assign *workerv1.Assign) {
	full := &workerv1.Assign{JobId: "job-" + assign.AttemptToken, JobType: "test", JobTypeVersion: "1.0.0", Attempt: 1}
	proto.Merge(full, assign)
	s.send(&workerv1.ServerMessage{Message: &workerv1.ServerMessage_Assign{Assign: full}})
}

func (s *scriptedStream) acknowledge(token string, sequence uint64) {
	s.send(&workerv1.ServerMessage{Message: &workerv1.ServerMessage_EventAck{EventAck: &workerv1.EventAck{AttemptToken: token, Sequence: sequence}}})
}

func (s *scriptedStream) acknowledgeEverything() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acknowledging = true
}

func (s *scriptedStream) cancel(token string, reason workerv1.Cancel_Reason, grace time.Duration) {
	cancel := &workerv1.Cancel{AttemptToken: token, Reason: reason, GraceMs: uint64(grace.Milliseconds())}
	s.send(&workerv1.ServerMessage{Message: &workerv1.ServerMessage_Cancel{Cancel: cancel}})
}

func (s *scriptedStream) fence(token string) {
	s.send(&workerv1.ServerMessage{Message: &workerv1.ServerMessage_Fenced{Fenced: &workerv1.Fenced{AttemptToken: token}}})
}

// breakOff breaks this stream and leaves the connection.
func (s *scriptedStream) breakOff() { s.cut <- status.Error(codes.Unavailable, "cut by the test") }

func ended(token string) *workerv1.ServerMessage {
	return &workerv1.ServerMessage{Message: &workerv1.ServerMessage_Ended{Ended: &workerv1.Ended{AttemptToken: token}}}
}

func bearerOf(ctx context.Context) string {
	headers, _ := metadata.FromIncomingContext(ctx)
	if values := headers.Get("authorization"); len(values) > 0 {
		return values[0]
	}
	return ""
}

// within waits for what must come.
func within[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}
