package uws

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// storing runs a job that stores something, and tells what came of it.
func storing(t *testing.T, server *scriptedServer, store func(ctx context.Context, job *Job) error) (*scriptedStream, error) {
	t.Helper()
	told := make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(ctx context.Context, job *Job) error {
		err := store(ctx, job)
		told <- err
		return err
	}), Options{Token: "secret"})
	stream := server.welcomed(&workerv1.Welcome{MaxInlineResultBytes: 100, MaxResultBytes: 1 << 20})
	stream.acknowledgeEverything()
	stream.run(&workerv1.Assign{AttemptToken: token, Parameters: []*workerv1.Parameter{
		{Name: "TABLE", Content: &workerv1.Parameter_Uploaded{Uploaded: &workerv1.UploadedParameter{Size: 3500, MediaType: "text/csv", Filename: "t.csv"}}},
	}})
	return stream, within(t, told, "the end of the handler")
}

func large() []byte { return bytes.Repeat([]byte("0123456789"), 50_000) }

func TestResultsOfAllKindsArriveWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(path, large(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]func(ctx context.Context, job *Job) error{
		"bytes":  func(ctx context.Context, job *Job) error { return job.ResultBytes(ctx, "r", "a/b", large()) },
		"string": func(ctx context.Context, job *Job) error { return job.ResultString(ctx, "r", "a/b", string(large())) },
		"reader": func(ctx context.Context, job *Job) error {
			return job.Result(ctx, "r", "a/b", io.MultiReader(bytes.NewReader(large())))
		},
		"file": func(ctx context.Context, job *Job) error { return job.ResultFile(ctx, "r", "a/b", path) },
		"function": func(ctx context.Context, job *Job) error {
			return job.ResultFrom(ctx, "r", "a/b", func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(large())), nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newScriptedServer(t)
			stream, err := storing(t, server, store)
			if err != nil {
				t.Fatal(err)
			}
			upload := within(t, server.uploads, "an upload")
			if !bytes.Equal(upload.data, large()) || upload.header.Id != "r" || upload.header.MediaType != "a/b" ||
				upload.header.AttemptToken != token || upload.authorization != "Bearer secret" {
				t.Errorf("upload: %v, %d bytes, %s", upload.header, len(upload.data), upload.authorization)
			}
			take[*workerv1.Complete](stream)
		})
	}
}

func TestTheLimitBetweenAnEventAndAnUpload(t *testing.T) {
	server := newScriptedServer(t)
	stream, err := storing(t, server, func(ctx context.Context, job *Job) error {
		return errors.Join(
			job.Result(ctx, "most", "a/b", strings.NewReader(strings.Repeat("x", 100))),
			job.Result(ctx, "none", "a/b", strings.NewReader("")),
			job.Result(ctx, "more", "a/b", strings.NewReader(strings.Repeat("x", 101))),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	take[*workerv1.Complete](stream)
	events := untaken[*workerv1.Event](stream)
	if len(events) != 2 || len(events[0].GetResult().GetInline()) != 100 || events[1].GetResult().GetContent() == nil {
		t.Errorf("events: %v", events)
	}
	if upload := within(t, server.uploads, "an upload"); upload.header.Id != "more" || upload.header.Size != 101 {
		t.Errorf("upload: %v", upload.header)
	}
}

func TestAnUploadThatBreaksOffIsBegunAnew(t *testing.T) {
	server := newScriptedServer(t)
	server.fail(codes.Unavailable, codes.Internal, codes.Unauthenticated)
	server.storeWrongly = true
	if _, err := storing(t, server, func(ctx context.Context, job *Job) error {
		return job.ResultBytes(ctx, "r", "a/b", large())
	}); err != nil {
		t.Fatal(err)
	}
	// The first that arrived was stored wrongly, and the checksum told.
	if wrong := within(t, server.uploads, "an upload"); len(wrong.data) != len(large())-1 {
		t.Errorf("%d bytes", len(wrong.data))
	}
	if right := within(t, server.uploads, "another upload"); !bytes.Equal(right.data, large()) {
		t.Errorf("%d bytes", len(right.data))
	}
}

func TestAnUploadThatFailsForGood(t *testing.T) {
	once := func() io.Reader { return io.MultiReader(bytes.NewReader(large())) }
	for name, test := range map[string]struct {
		failures []codes.Code
		store    func(ctx context.Context, job *Job) error
		want     *workerv1.Fail
	}{
		"data that cannot be read again": {
			[]codes.Code{codes.Unavailable},
			func(ctx context.Context, job *Job) error { return job.Result(ctx, "r", "a/b", once()) },
			&workerv1.Fail{Kind: workerv1.Fail_TRANSIENT, Retryable: true, Message: "the upload of result r broke off and its data cannot be read again"},
		},
		"refused": {
			[]codes.Code{codes.ResourceExhausted},
			func(ctx context.Context, job *Job) error { return job.ResultBytes(ctx, "r", "a/b", large()) },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "rpc error: code = ResourceExhausted desc = as the test wants it"},
		},
		"broken again and again": {
			[]codes.Code{codes.Internal, codes.Internal, codes.Internal, codes.Internal, codes.Internal},
			func(ctx context.Context, job *Job) error { return job.ResultBytes(ctx, "r", "a/b", large()) },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "rpc error: code = Internal desc = as the test wants it"},
		},
		"too long, known before": {
			nil,
			func(ctx context.Context, job *Job) error {
				return job.ResultBytes(ctx, "r", "a/b", make([]byte, 1<<20+1))
			},
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "result r is longer than the 1048576 bytes that the server takes"},
		},
		"too long, seen later": {
			nil,
			func(ctx context.Context, job *Job) error {
				return job.Result(ctx, "r", "a/b", io.MultiReader(bytes.NewReader(make([]byte, 1<<20+1))))
			},
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "result r is longer than the 1048576 bytes that the server takes"},
		},
		"data that cannot be read, whatever their error looks like": {
			nil,
			func(ctx context.Context, job *Job) error {
				broken := io.MultiReader(bytes.NewReader(large()), errorReader{status.Error(codes.Unavailable, "not yours")})
				return job.Result(ctx, "r", "a/b", broken)
			},
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "result r cannot be read: rpc error: code = Unavailable desc = not yours"},
		},
		"a file that is not there": {
			nil,
			func(ctx context.Context, job *Job) error { return job.ResultFile(ctx, "r", "a/b", "/nowhere") },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "result r cannot be read: stat /nowhere: no such file or directory"},
		},
		"no id": {
			nil,
			func(ctx context.Context, job *Job) error { return job.ResultString(ctx, "", "a/b", "x") },
			&workerv1.Fail{Kind: workerv1.Fail_FATAL, Message: "a result needs an id"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newScriptedServer(t)
			server.fail(test.failures...)
			stream, _ := storing(t, server, test.store)
			fail := take[*workerv1.Fail](stream)
			test.want.AttemptToken, test.want.Detail = token, fail.Detail
			equal(t, fail, test.want)
			if len(server.uploads) > 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestAnUploadEndsWithItsJob(t *testing.T) {
	server := newScriptedServer(t)
	begun, told := make(chan struct{}), make(chan error, 1)
	startWorker(t, server, HandlerFunc(func(ctx context.Context, job *Job) error {
		told <- job.Result(ctx, "r", "a/b", &endless{begun: begun})
		return nil
	}), Options{})
	stream := server.welcomed()
	stream.run(&workerv1.Assign{AttemptToken: token})
	within(t, begun, "the beginning")
	stream.cancel(token, workerv1.Cancel_ABORTED, time.Hour)
	if err := within(t, told, "the end"); err != Aborted {
		t.Errorf("error: %v", err)
	}
	take[*workerv1.Cancelled](stream)
}

func TestADownloadIsResumedWhereItBroke(t *testing.T) {
	server := newScriptedServer(t)
	table := large()[:3500]
	server.files["TABLE"] = table
	server.fail(codes.Unavailable, codes.Internal)
	var read []byte
	if _, err := storing(t, server, func(ctx context.Context, job *Job) error {
		file := job.Parameters.File("table")
		if file.Filename != "t.csv" || file.MediaType != "text/csv" || file.Size != 3500 {
			t.Errorf("file: %+v", file)
		}
		reader, err := file.OpenAt(ctx, 500)
		if err != nil {
			return err
		}
		defer reader.Close()
		read, err = io.ReadAll(reader)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read, table[500:]) {
		t.Errorf("%d bytes", len(read))
	}
	for _, offset := range []uint64{500, 1500, 2500} {
		equal(t, within(t, server.downloads, "a download"), &workerv1.ParameterRef{AttemptToken: token, Name: "TABLE", Offset: offset})
	}
}

func TestADownloadThatFails(t *testing.T) {
	read := func(ctx context.Context, job *Job) error {
		reader, err := job.Parameters.File("TABLE").Open(ctx)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(reader)
		return err
	}
	server := newScriptedServer(t)
	if _, err := storing(t, server, read); status.Code(err) != codes.NotFound {
		t.Errorf("error: %v", err)
	}
	short := newScriptedServer(t)
	short.files["TABLE"] = large()[:3000]
	if _, err := storing(t, short, read); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error: %v", err)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// endless says when it is read for the second time: the upload has begun then.
type endless struct {
	begun chan struct{}
	reads int
}

func (e *endless) Read(into []byte) (int, error) {
	if e.reads++; e.reads == 100 {
		close(e.begun)
	}
	return len(into), nil
}
