package uws

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	workerv1 "bun-uws/worker/v1"
)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]gatewayAddress{
		"localhost:50051":         {Target: "localhost:50051", Host: "localhost"},
		"https://uws.example:443": {Target: "uws.example:443", Host: "uws.example", Encrypted: true},
		"grpcs://[::1]:1/":        {Target: "[::1]:1", Host: "::1", Encrypted: true},
	} {
		if got, err := parseAddress(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "localhost", "localhost:", "http://localhost:1", "localhost:65536", "user@host:1", "::1:1", "a b:1"} {
		if _, err := parseAddress(text); err == nil || !strings.Contains(err.Error(), "UWS_GATEWAY") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for host, want := range map[string]bool{"localhost": true, "127.9.9.9": true, "::1": true, "10.0.0.1": false, "example.org": false, "127.0.0.1.example.org": false} {
		if isLoopback(host) != want {
			t.Errorf("%s is loopback: %v", host, !want)
		}
	}
}

func TestTheEnvironmentSaysWhereTheGatewayIs(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte("authority"), 0o600); err != nil {
		t.Fatal(err)
	}
	of := func(variables map[string]string) (connectionOptions, error) {
		return connectionOptionsOf(Options{}, func(name string) string { return variables[name] })
	}
	plain, err := of(nil)
	if err != nil || plain.Address.Target != "127.0.0.1:50051" || plain.TLS != nil || plain.Token != "" {
		t.Errorf("without variables: %+v, %v", plain, err)
	}
	secure, err := of(map[string]string{"UWS_GATEWAY": "https://a:1", "UWS_TOKEN": "t", "UWS_CA": ca})
	if err != nil || secure.Token != "t" || secure.TLS == nil || string(secure.TLS.CA) != "authority" {
		t.Errorf("with TLS: %+v, %v", secure, err)
	}
	for want, variables := range map[string]map[string]string{
		"UWS_CA is for TLS":     {"UWS_GATEWAY": "a:1", "UWS_CA": ca},
		"go together":           {"UWS_GATEWAY": "https://a:1", "UWS_KEY": ca},
		"UWS_CA cannot be read": {"UWS_GATEWAY": "https://a:1", "UWS_CA": "/nowhere"},
	} {
		if _, err := of(variables); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestParametersAreFoundWithoutCase(t *testing.T) {
	file := &File{Name: "table"}
	parameters := Parameters{{Name: "Ra", Value: "1"}, {Name: "table", File: file}, {Name: "RA", Value: ""}, {Name: "TABLE", Value: "text"}}
	if value, ok := parameters.Get("rA"); value != "1" || !ok {
		t.Errorf("ra: %q", value)
	}
	if _, ok := parameters.Get("dec"); ok {
		t.Error("dec is there")
	}
	if all := parameters.All("ra"); !reflect.DeepEqual(all, []string{"1", ""}) {
		t.Errorf("all: %q", all)
	}
	if value, _ := parameters.Get("table"); parameters.File("Table") != file || value != "text" || parameters.File("ra") != nil {
		t.Errorf("table: %q", value)
	}
}

func TestLogRecordsBecomeLines(t *testing.T) {
	var lines []*workerv1.LogLine
	job := &Job{limits: func() sessionLimits { return initialLimits }, reporter: lineReporter{lines: &lines}}
	log := job.Log().With("site", "here").WithGroup("query")
	log.Debug("begun", "rows", 7, "text", "two words", slog.Group("more", "msg", 1))
	log.Log(context.Background(), slog.LevelWarn+1, "")
	log.Error(strings.Repeat("é", maxLogMessage))
	want := []string{`begun site=here query.rows=7 query.text="two words" query.more.msg=1`, " site=here"}
	for index, text := range want {
		if lines[index].Message != text {
			t.Errorf("line: %q", lines[index].Message)
		}
	}
	if lines[0].Level != workerv1.LogLine_DEBUG || lines[1].Level != workerv1.LogLine_WARN || lines[2].Level != workerv1.LogLine_ERROR {
		t.Errorf("levels: %v", lines)
	}
	if len(lines[2].Message) != maxLogMessage {
		t.Errorf("%d bytes were kept", len(lines[2].Message))
	}
}

func TestCountersHaveALimit(t *testing.T) {
	many := Counters{}
	for number := range 10_000 {
		many[fmt.Sprintf("counter %d", number)] = 1
	}
	if all := counted([]Counters{many}); len(all) == 0 || len(all) > 100 {
		t.Errorf("%d counters", len(all))
	}
	if all := counted([]Counters{{"\xff": 1}, {"b": 2}}); !reflect.DeepEqual(all, map[string]float64{"\uFFFD": 1, "b": 2}) {
		t.Errorf("counters: %v", all)
	}
}

func TestOutputIsCutIntoLines(t *testing.T) {
	var lines []string
	output := &outputLines{onLine: func(line string) { lines = append(lines, line) }}
	for _, chunk := range []string{"one\r\ntw", "o\n\n", strings.Repeat("x", maxLine+1), "\nl\xffst"} {
		_, _ = output.Write([]byte(chunk))
	}
	output.end()
	want := []string{"one", "two", "", strings.Repeat("x", maxLine), "x", "l\uFFFDst"}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("lines: %q", lines)
	}
}

func TestTheTailOfAnOutputBeginsWithAWholeCharacter(t *testing.T) {
	tail := &outputTail{maxBytes: 5}
	for _, chunk := range []string{"abc", "éé", "é"} {
		_, _ = tail.Write([]byte(chunk))
	}
	if tail.text() != "éé" {
		t.Errorf("tail: %q", tail.text())
	}
}

func TestTheBackoffGrowsToItsLimitAndIsNeverInStep(t *testing.T) {
	random := 1.0
	b := backoff{random: func() float64 { return random }}
	var delays []time.Duration
	for range 8 {
		delays = append(delays, b.next()/time.Millisecond)
	}
	if !reflect.DeepEqual(delays, []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
		t.Errorf("delays: %v", delays)
	}
	random = 0.5
	if b.reset(); b.next() != 50*time.Millisecond {
		t.Error("it does not begin anew")
	}
}

func TestTheDeadlineDoesNotEndAContext(t *testing.T) {
	parent, cancel := context.WithCancelCause(context.Background())
	ctx := withDeadline(parent, time.Nanosecond)
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) > 0 || ctx.Err() != nil {
		t.Errorf("deadline %v, %v", deadline, ctx.Err())
	}
	child, stop := context.WithCancel(ctx)
	defer stop()
	cancel(TimedOut)
	<-child.Done()
	if context.Cause(child) != TimedOut {
		t.Errorf("cause: %v", context.Cause(child))
	}
}

func TestLimitsThatAServerDoesNotSay(t *testing.T) {
	if got := limitsOf(&workerv1.Welcome{}); got != initialLimits {
		t.Errorf("limits: %+v", got)
	}
	got := limitsOf(&workerv1.Welcome{LeaseMs: 900, MaxMessageBytes: 1 << 40, MaxInlineResultBytes: 1 << 40, MaxResultBytes: 5})
	want := sessionLimits{
		Lease: 900 * time.Millisecond, Heartbeat: 300 * time.Millisecond, MaxMessage: maxMessageBytes,
		MaxInlineResult: maxMessageBytes - envelopeBytes, MaxResult: 5,
	}
	if got != want {
		t.Errorf("limits: %+v", got)
	}
}

func TestMergedEndsWithEither(t *testing.T) {
	why := errors.New("why")
	for index := range 2 {
		var contexts [2]context.Context
		var cancels [2]context.CancelCauseFunc
		for each := range contexts {
			contexts[each], cancels[each] = context.WithCancelCause(context.Background())
		}
		both, stop := merged(contexts[0], contexts[1])
		cancels[index](why)
		<-both.Done()
		if context.Cause(both) != why {
			t.Errorf("cause: %v", context.Cause(both))
		}
		stop()
	}
}

type lineReporter struct {
	reporter
	lines *[]*workerv1.LogLine
}

func (r lineReporter) log(line *workerv1.LogLine) { *r.lines = append(*r.lines, line) }
