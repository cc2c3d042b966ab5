package uws

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/status"
)

// goodStream: a stream that lived this long was a good one, and the next reconnection is quick again.
const goodStream = 5 * time.Second

// streamEnd tells how a stream ended.
type streamEnd struct {
	err error
	// welcomed is when the stream was open; zero if it never was.
	welcomed time.Time
	// wanted: the worker is closed, and the end is no news.
	wanted bool
}

// reconnection decides when the next stream is tried, and says what keeps us from one.
//
// A broken stream is tried again by the backoff. A refusal waits for half a minute instead, since it seldom heals by itself but an
// operator may mend it meanwhile; ten in a row are final.
type reconnection struct {
	logger *slog.Logger
	// refusedDelay is between tries after a refusal, at most; half of it at least.
	refusedDelay time.Duration
	// maxRefusals in a row are final.
	maxRefusals int
	backoff     backoff
	refusals    int
	// trouble kept us from connecting and has been said; once is enough until something else does.
	trouble string
}

// after tells how long to wait before the next stream, now that one has ended. It fails with a *RefusedError when there is to be none.
func (r *reconnection) after(end streamEnd) (time.Duration, error) {
	wasOpen := !end.welcomed.IsZero()
	if wasOpen {
		r.refusals = 0
		r.trouble = ""
		if time.Since(end.welcomed) >= goodStream {
			r.backoff.reset()
		}
	}
	cause := status.Convert(end.err)
	if !wasOpen && isRefusal(cause.Code()) {
		return r.refused(&RefusedError{Code: cause.Code(), Message: cause.Message()})
	}
	delay := r.backoff.next()
	if !end.wanted {
		what := "the gateway did not take the stream"
		if wasOpen {
			what = "the stream to the gateway ended"
		}
		r.logger.Info(fmt.Sprintf("%s (%s), connecting again in %s", what, end.err, delay.Round(time.Millisecond)))
	}
	return delay, nil
}

func (r *reconnection) refused(refused *RefusedError) (time.Duration, error) {
	r.refusals++
	if r.refusals >= r.maxRefusals {
		r.logger.Error(fmt.Sprintf("%s; refused %d times, giving up", refused, r.refusals))
		return 0, refused
	}
	delay := r.refusedDelay/2 + time.Duration(rand.Float64()*float64(r.refusedDelay)/2)
	text := fmt.Sprintf("%s; trying again in %s (%d of %d)", refused, delay.Round(time.Second), r.refusals, r.maxRefusals)
	if refused.Error() == r.trouble {
		r.logger.Warn(text)
	} else {
		r.logger.Error(text)
	}
	r.trouble = refused.Error()
	return delay, nil
}

// complain says once what keeps us from connecting, until something else does.
func (r *reconnection) complain(trouble string) {
	if trouble != r.trouble {
		r.logger.Warn(trouble + "; it is tried again and again")
	}
	r.trouble = trouble
}
