package uws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"unicode/utf8"

	workerv1 "bun-uws/worker/v1"
)

// Result stores a result, and returns when the server has it: small ones inside the control stream, others as an upload. The same
// id again replaces it. A lost connection is waited for, and the data are read again from where they began if they can be (an
// io.Seeker, such as a bytes.Reader or an os.File); data that cannot be fail the job, retryable, when the upload breaks off.
// It fails with an [Interruption] when the job is cancelled meanwhile. The data are not closed.
func (j *Job) Result(ctx context.Context, id, mediaType string, data io.Reader) error {
	return j.store(ctx, id, mediaType, sourceOf(data))
}

// ResultBytes stores these bytes. See Result.
func (j *Job) ResultBytes(ctx context.Context, id, mediaType string, data []byte) error {
	return j.Result(ctx, id, mediaType, bytes.NewReader(data))
}

// ResultString stores a text. See Result.
func (j *Job) ResultString(ctx context.Context, id, mediaType, text string) error {
	return j.ResultBytes(ctx, id, mediaType, []byte(text))
}

// ResultFile stores the contents of a file. See Result.
func (j *Job) ResultFile(ctx context.Context, id, mediaType, path string) error {
	about, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("result %s cannot be read: %w", id, err)
	}
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	return j.store(ctx, id, mediaType, source{open: open, repeatable: true, size: about.Size()})
}

// ResultFrom stores what the function opens, which is called again when an upload has to start over. See Result.
func (j *Job) ResultFrom(ctx context.Context, id, mediaType string, open func() (io.ReadCloser, error)) error {
	return j.store(ctx, id, mediaType, source{open: open, repeatable: true})
}

// ResultReference tells of a result that is elsewhere: its absolute http or https URL, and its size in bytes, 0 if that is not
// known. See Result.
func (j *Job) ResultReference(ctx context.Context, id, mediaType, url string, size int64) error {
	if err := j.mayStore(ctx, id, mediaType); err != nil {
		return err
	}
	if most := int(j.limits().maxPayload()); len(url) > most {
		return fmt.Errorf("the reference of result %s is longer than the %d bytes that the server takes", id, most)
	}
	if !utf8.ValidString(url) || size < 0 {
		return fmt.Errorf("the reference of result %s must be a URL and its size not below 0: %.200q, %d", id, url, size)
	}
	result := &workerv1.Result{Id: id, MediaType: mediaType, Content: &workerv1.Result_Reference{Reference: url}, Size: uint64(size)}
	return j.report(ctx, result)
}

// maxResultName are the bytes of a result's id and its media type: they go beside what may be as long as a message allows.
const maxResultName = 2048

// source is what a result is read from, anew for each try.
type source struct {
	open func() (io.ReadCloser, error)
	// repeatable: open may be called more than once.
	repeatable bool
	// size in bytes, 0 if not known before.
	size int64
}

func sourceOf(data io.Reader) source {
	seeker, seekable := data.(io.Seeker)
	var begin, size int64
	if seekable {
		var err error
		// Pipes are files, too, and cannot seek.
		begin, size, err = extent(seeker)
		seekable = err == nil
	}
	first := true
	return source{repeatable: seekable, size: size, open: func() (io.ReadCloser, error) {
		if !first {
			if _, err := seeker.Seek(begin, io.SeekStart); err != nil {
				return nil, err
			}
		}
		first = false
		return io.NopCloser(data), nil
	}}
}

// extent tells where the data begin and how many bytes follow.
func extent(data io.Seeker) (begin, size int64, err error) {
	if begin, err = data.Seek(0, io.SeekCurrent); err != nil {
		return 0, 0, err
	}
	end, err := data.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, 0, err
	}
	_, err = data.Seek(begin, io.SeekStart)
	return begin, max(0, end-begin), err
}

func (j *Job) store(ctx context.Context, id, mediaType string, data source) error {
	if err := j.mayStore(ctx, id, mediaType); err != nil {
		return err
	}
	limits := j.limits()
	if data.size > limits.MaxResult {
		return tooLong(id, limits.MaxResult)
	}
	reader, err := data.open()
	if err != nil {
		return fmt.Errorf("result %s cannot be read: %w", id, err)
	}
	head, whole, err := readHead(reader, limits.MaxInlineResult)
	if err != nil || whole {
		err = errors.Join(err, reader.Close())
	}
	if err != nil {
		return fmt.Errorf("result %s cannot be read: %w", id, err)
	}
	if whole {
		if int64(len(head)) > limits.MaxResult {
			return tooLong(id, limits.MaxResult)
		}
		result := &workerv1.Result{Id: id, MediaType: mediaType, Content: &workerv1.Result_Inline{Inline: head}}
		return j.report(ctx, result)
	}
	both, cancel := merged(ctx, j.ctx)
	defer cancel()
	return j.transfer.upload(both, upload{
		token:     j.token,
		id:        id,
		mediaType: mediaType,
		source:    continued(head, reader, data),
		maxBytes:  limits.MaxResult,
		maxPiece:  int(min(chunkBytes, limits.maxPayload())),
	})
}

func (j *Job) report(ctx context.Context, result *workerv1.Result) error {
	both, cancel := merged(ctx, j.ctx)
	defer cancel()
	return j.reporter.result(both, result)
}

func (j *Job) mayStore(ctx context.Context, id, mediaType string) error {
	switch {
	case id == "":
		return errors.New("a result needs an id")
	case !utf8.ValidString(id) || !utf8.ValidString(mediaType):
		return fmt.Errorf("the id of a result and its media type must be UTF-8: %.200q, %.200q", id, mediaType)
	case len(id)+len(mediaType) > maxResultName:
		return fmt.Errorf("the id of a result and its media type are longer than %d bytes: %.200q", maxResultName, id)
	}
	return j.over(ctx)
}

// readHead looks at the data just far enough to know whether it is small.
func readHead(reader io.Reader, maxInline int64) (head []byte, whole bool, err error) {
	var read bytes.Buffer
	// One byte more tells that there is more.
	most := maxInline
	if most < math.MaxInt64 {
		most++
	}
	_, err = read.ReadFrom(io.LimitReader(reader, most))
	return read.Bytes(), int64(read.Len()) <= maxInline, err
}

// continued is a source of which the first try goes on where the look stopped; a later one, if there may be one, begins anew.
func continued(head []byte, reader io.ReadCloser, data source) source {
	first := true
	return source{repeatable: data.repeatable, size: data.size, open: func() (io.ReadCloser, error) {
		if !first {
			return data.open()
		}
		first = false
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), reader), reader}, nil
	}}
}

func tooLong(id string, most int64) error {
	return &Failure{Message: fmt.Sprintf("result %s is longer than the %d bytes that the server takes", id, most)}
}
