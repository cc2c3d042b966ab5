package uws

import (
	"math/rand/v2"
	"time"
)

// backoff is exponential with full jitter: the n-th delay is anywhere between 0 and min(max, base · 2ⁿ), so that a thousand
// workers that lost the same gateway do not come back in step.
type backoff struct {
	failures int
	// random is rand.Float64 unless a test has its own.
	random func() float64
}

const (
	backoffBase = 100 * time.Millisecond
	backoffMax  = 5 * time.Second
)

// next tells how long to wait before the next try.
func (b *backoff) next() time.Duration {
	ceiling := backoffMax
	// 100 ms · 2⁶ is above the maximum.
	if b.failures < 6 {
		ceiling = min(ceiling, backoffBase<<b.failures)
		b.failures++
	}
	random := b.random
	if random == nil {
		random = rand.Float64
	}
	return time.Duration(random() * float64(ceiling))
}

func (b *backoff) reset() { b.failures = 0 }
