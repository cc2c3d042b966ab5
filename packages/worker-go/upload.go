package uws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	workerv1 "bun-uws/worker/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// upload is a result that is too large for an event.
type upload struct {
	token     string
	id        string
	mediaType string
	source    source
	maxBytes  int64
	// maxPiece are the bytes of a message.
	maxPiece int
}

// chunkBytes is what an upload sends at once, unless the server takes less.
const chunkBytes = 128 << 10

// readError is of the data, and not of the call that sends them, whatever it looks like.
type readError struct{ err error }

func (e readError) Error() string { return e.err.Error() }

// upload stores a result with UploadResult; returns when the server has all of it, with the same checksum.
func (c *connection) upload(ctx context.Context, upload upload) error {
	var retry retry
	for {
		err := c.uploadOnce(ctx, upload)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if read, ok := err.(readError); ok {
			return fmt.Errorf("result %s cannot be read: %w", upload.id, read.err)
		}
		if !upload.source.repeatable && mayPass(err) {
			return &Failure{
				Message:   fmt.Sprintf("the upload of result %s broke off and its data cannot be read again", upload.id),
				Kind:      Transient,
				Retryable: true,
				Err:       err,
			}
		}
		if err := retry.afterFailure(ctx, err); err != nil {
			return err
		}
	}
}

func (c *connection) uploadOnce(ctx context.Context, upload upload) error {
	// Whatever way this ends: a call that is not at its end is cancelled.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reader, err := upload.source.open()
	if err != nil {
		return readError{err}
	}
	defer reader.Close()
	stream, err := c.client.UploadResult(ctx, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	header := &workerv1.ResultHeader{AttemptToken: upload.token, Id: upload.id, MediaType: upload.mediaType, Size: uint64(upload.source.size)}
	if err := sendChunk(stream, &workerv1.ResultChunk{Chunk: &workerv1.ResultChunk_Header{Header: header}}); err != nil {
		return err
	}
	hash := sha256.New()
	var size int64
	for ended := false; !ended; {
		// A new one for each: gRPC may look at a message later.
		chunk := make([]byte, max(1, upload.maxPiece))
		count, err := io.ReadFull(reader, chunk)
		ended = err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return readError{err}
		}
		if count == 0 {
			break
		}
		size += int64(count)
		if size > upload.maxBytes {
			return tooLong(upload.id, upload.maxBytes)
		}
		hash.Write(chunk[:count])
		if err := sendChunk(stream, &workerv1.ResultChunk{Chunk: &workerv1.ResultChunk_Data{Data: chunk[:count]}}); err != nil {
			return err
		}
	}
	sum := hash.Sum(nil)
	if err := sendChunk(stream, &workerv1.ResultChunk{Chunk: &workerv1.ResultChunk_End{End: &workerv1.ResultEnd{Sha256: sum}}}); err != nil {
		return err
	}
	stored, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	if stored.Size != uint64(size) || !bytes.Equal(stored.Sha256, sum) {
		return status.Errorf(codes.DataLoss, "the server stored other bytes of result %s (%d) than were sent (%d)", upload.id, stored.Size, size)
	}
	return nil
}

// sendChunk waits until the network takes it. The server may answer at any time, with an error above all, and that ends the upload.
func sendChunk(stream grpc.ClientStreamingClient[workerv1.ResultChunk, workerv1.StoredResult], chunk *workerv1.ResultChunk) error {
	err := stream.Send(chunk)
	if err != io.EOF {
		return err
	}
	if _, err := stream.CloseAndRecv(); err != nil {
		return err
	}
	return fmt.Errorf("the server answered before the upload ended")
}

func (c *connection) download(ctx, job context.Context, token string, file *File, offset int64) io.ReadCloser {
	return newDownload(ctx, job, c.client, token, file, offset)
}
