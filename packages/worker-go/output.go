package uws

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxLine: a line that does not end is handed on in pieces of this many bytes.
const maxLine = 8 << 10

// outputLines cuts an output into lines, which it hands on without their ends.
type outputLines struct {
	onLine func(string)
	rest   []byte
}

func (o *outputLines) Write(chunk []byte) (int, error) {
	for _, part := range bytes.SplitAfter(chunk, []byte("\n")) {
		o.rest = append(o.rest, part...)
		for len(o.rest) > maxLine {
			o.pass(o.rest[:maxLine])
			o.rest = append([]byte(nil), o.rest[maxLine:]...)
		}
		if bytes.HasSuffix(o.rest, []byte("\n")) {
			o.pass(bytes.TrimRight(o.rest, "\r\n"))
			o.rest = nil
		}
	}
	return len(chunk), nil
}

// end hands on the last line, which may have no end.
func (o *outputLines) end() {
	if len(o.rest) > 0 {
		o.pass(o.rest)
	}
	o.rest = nil
}

func (o *outputLines) pass(line []byte) { o.onLine(strings.ToValidUTF8(string(line), "\uFFFD")) }

// outputTail keeps the last bytes of an output.
type outputTail struct {
	maxBytes int
	bytes    []byte
	cut      bool
}

func (o *outputTail) Write(chunk []byte) (int, error) {
	o.bytes = append(o.bytes, chunk...)
	if over := len(o.bytes) - o.maxBytes; over > 0 {
		o.cut = true
		// A copy: a slice would keep the whole.
		o.bytes = append([]byte(nil), o.bytes[over:]...)
	}
	return len(chunk), nil
}

// text is UTF-8 from the first whole character on; what is no UTF-8 becomes U+FFFD.
func (o *outputTail) text() string {
	kept := o.bytes
	if o.cut {
		for skipped := 0; skipped < utf8.UTFMax-1 && len(kept) > 0 && !utf8.RuneStart(kept[0]); skipped++ {
			kept = kept[1:]
		}
	}
	return strings.ToValidUTF8(string(kept), "\uFFFD")
}
