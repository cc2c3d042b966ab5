package uws

import (
	"bytes"
	"context"
	"log/slog"
	"strings"

	workerv1 "bun-uws/worker/v1"
)

// logHandler makes lines of a job's log of slog's records: the message, then the attributes as slog.TextHandler writes them. Time
// and level have fields of their own in the protocol.
type logHandler struct {
	job *Job
	// with are the calls of WithAttrs and WithGroup, in order.
	with []func(slog.Handler) slog.Handler
}

func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *logHandler) Handle(ctx context.Context, record slog.Record) error {
	var text bytes.Buffer
	var attributes slog.Handler = slog.NewTextHandler(&text, &slog.HandlerOptions{Level: record.Level, ReplaceAttr: withoutOwn})
	for _, with := range h.with {
		attributes = with(attributes)
	}
	if err := attributes.Handle(ctx, record); err != nil {
		return err
	}
	message := record.Message
	if rest := strings.TrimSuffix(text.String(), "\n"); rest != "" {
		message += " " + rest
	}
	h.job.reporter.log(&workerv1.LogLine{Level: levelOf(record.Level), Message: h.job.text(message, maxLogMessage)})
	return nil
}

func (h *logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return h.and(func(handler slog.Handler) slog.Handler { return handler.WithAttrs(attributes) })
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	return h.and(func(handler slog.Handler) slog.Handler { return handler.WithGroup(name) })
}

func (h *logHandler) and(with func(slog.Handler) slog.Handler) slog.Handler {
	return &logHandler{job: h.job, with: append(h.with[:len(h.with):len(h.with)], with)}
}

// withoutOwn leaves out what slog itself puts before the attributes.
func withoutOwn(groups []string, attribute slog.Attr) slog.Attr {
	if len(groups) == 0 && (attribute.Key == slog.TimeKey || attribute.Key == slog.LevelKey || attribute.Key == slog.MessageKey) {
		return slog.Attr{}
	}
	return attribute
}

func levelOf(level slog.Level) workerv1.LogLine_Level {
	switch {
	case level < slog.LevelInfo:
		return workerv1.LogLine_DEBUG
	case level < slog.LevelWarn:
		return workerv1.LogLine_INFO
	case level < slog.LevelError:
		return workerv1.LogLine_WARN
	default:
		return workerv1.LogLine_ERROR
	}
}
