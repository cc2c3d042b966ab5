package uws

import (
	"context"
	"fmt"
	"io"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
)

// File is a parameter that the client uploaded. Its bytes stay on the server until they are read.
type File struct {
	// Name of the parameter.
	Name      string
	Filename  string
	MediaType string
	// Size in bytes.
	Size int64
	open func(ctx context.Context, offset int64) (io.ReadCloser, error)
}

// Open reads the file from its beginning. See OpenAt.
func (f *File) Open(ctx context.Context) (io.ReadCloser, error) { return f.OpenAt(ctx, 0) }

// OpenAt reads the file from so many bytes on. A connection that breaks is resumed where it broke. Reading fails with the context's
// cause when that is done, with an [Interruption] when the job is. The reader is to be closed, and used by one goroutine.
func (f *File) OpenAt(ctx context.Context, offset int64) (io.ReadCloser, error) {
	if offset < 0 {
		return nil, fmt.Errorf("file %s cannot be read from byte %d on", f.Name, offset)
	}
	return f.open(ctx, offset)
}

// download reads an uploaded parameter with DownloadParameter.
type download struct {
	client workerv1.WorkerServiceClient
	token  string
	file   *File
	ctx    context.Context
	cancel context.CancelFunc
	// position is that of the next byte to be received.
	position int64
	retry    retry
	stream   grpc.ServerStreamingClient[workerv1.Chunk]
	// stop ends the stream, which is nil between two.
	stop   context.CancelFunc
	unread []byte
	err    error
}

func newDownload(ctx, job context.Context, client workerv1.WorkerServiceClient, token string, file *File, offset int64) *download {
	both, cancel := merged(ctx, job)
	return &download{client: client, token: token, file: file, ctx: both, cancel: cancel, position: offset}
}

// Read gives what has come, and waits when there is nothing.
func (d *download) Read(into []byte) (int, error) {
	for len(d.unread) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		if len(into) == 0 {
			return 0, nil
		}
		d.unread, d.err = d.receive()
	}
	count := copy(into, d.unread)
	d.unread = d.unread[count:]
	return count, nil
}

// Close ends the download.
func (d *download) Close() error {
	d.endStream()
	d.cancel()
	d.unread, d.err = nil, io.ErrClosedPipe
	return nil
}

func (d *download) receive() ([]byte, error) {
	chunk, err := d.next()
	if err == nil {
		d.position += int64(len(chunk.Data))
		d.retry.reset()
		return chunk.Data, nil
	}
	d.endStream()
	if err == io.EOF {
		if d.position < d.file.Size {
			return nil, fmt.Errorf("file %s ended after %d of %d bytes: %w", d.file.Name, d.position, d.file.Size, io.ErrUnexpectedEOF)
		}
		return nil, io.EOF
	}
	if failed := d.retry.afterFailure(d.ctx, err); failed != nil {
		return nil, fmt.Errorf("file %s cannot be read: %w", d.file.Name, failed)
	}
	return nil, nil
}

func (d *download) next() (*workerv1.Chunk, error) {
	if d.stream == nil {
		ctx, stop := context.WithCancel(d.ctx)
		reference := &workerv1.ParameterRef{AttemptToken: d.token, Name: d.file.Name, Offset: uint64(d.position)}
		stream, err := d.client.DownloadParameter(ctx, reference, grpc.WaitForReady(true))
		if err != nil {
			stop()
			return nil, err
		}
		d.stream, d.stop = stream, stop
	}
	return d.stream.Recv()
}

func (d *download) endStream() {
	if d.stop != nil {
		d.stop()
	}
	d.stream, d.stop = nil, nil
}
