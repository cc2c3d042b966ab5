package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	uws "bun-uws/worker"
)

// periodogram is the handler: reads the table, searches, and leaves the spectrum, what was found, and a plot.
func periodogram(ctx context.Context, job *uws.Job) error {
	options, err := optionsOf(job.Parameters)
	if err != nil {
		return err
	}
	curve, err := readTable(ctx, job)
	if err != nil {
		return err
	}
	grid, err := gridFor(curve, options)
	if err != nil {
		return err
	}
	job.Log().Info(fmt.Sprintf("%d points, %d frequencies from %.6g to %.6g per day", len(curve.Time), grid.Count, grid.At(0), grid.Last()))
	powers, err := newPeriodogram(curve).spectrum(ctx, grid, func(done int) {
		// The last tenth is for what is made of it.
		job.Progress(0.9*float64(done)/float64(grid.Count), fmt.Sprintf("frequency %d of %d", done, grid.Count))
	})
	if err != nil {
		return err
	}
	found := bestOf(curve, grid, powers)
	job.Progress(0.9, fmt.Sprintf("period %.6g d", found.Period))
	if err := job.ResultFrom(ctx, "spectrum", "text/csv", func() (io.ReadCloser, error) {
		return io.NopCloser(spectrumCSV(grid, powers)), nil
	}); err != nil {
		return err
	}
	if err := job.ResultBytes(ctx, "best", "application/json", found.json()); err != nil {
		return err
	}
	return job.ResultString(ctx, "plot", "image/svg+xml", plot(curve, grid, powers, found))
}

// options are the job's parameters. Zero: choose.
type options struct {
	// Days.
	minPeriod, maxPeriod float64
	// Frequencies per width of a peak.
	oversampling int
}

const defaultOversampling = 5

func optionsOf(parameters uws.Parameters) (options, error) {
	chosen := options{oversampling: defaultOversampling}
	for name, into := range map[string]*float64{"MIN_PERIOD": &chosen.minPeriod, "MAX_PERIOD": &chosen.maxPeriod} {
		text, ok := parameters.Get(name)
		if !ok {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || !(value > 0) || value > 1e9 {
			return options{}, fmt.Errorf("%s must be a number of days above 0, not %q", name, text)
		}
		*into = value
	}
	if text, ok := parameters.Get("OVERSAMPLING"); ok {
		value, err := strconv.Atoi(text)
		if err != nil || value < 1 || value > 100 {
			return options{}, fmt.Errorf("OVERSAMPLING must be a whole number from 1 to 100, not %q", text)
		}
		chosen.oversampling = value
	}
	return chosen, nil
}

// readTable reads the parameter TABLE, which is a file or a text.
func readTable(ctx context.Context, job *uws.Job) (lightCurve, error) {
	var source io.Reader
	if file := job.Parameters.File("TABLE"); file != nil {
		reader, err := file.Open(ctx)
		if err != nil {
			return lightCurve{}, err
		}
		defer reader.Close()
		source = reader
	} else if text, ok := job.Parameters.Get("TABLE"); ok {
		source = strings.NewReader(text)
	} else {
		return lightCurve{}, fmt.Errorf("the parameter TABLE is missing")
	}
	curve, err := readLightCurve(source)
	if err != nil {
		return lightCurve{}, err
	}
	if curve.Skipped > 0 {
		job.Log().Warn(fmt.Sprintf("%d rows were left out, the first in line %d: they have no usable time, value or error", curve.Skipped, curve.FirstSkipped))
	}
	return curve, nil
}
