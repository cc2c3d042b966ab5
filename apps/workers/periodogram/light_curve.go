package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	maxPoints = 1_000_000
	// Three unknowns are fitted: fewer points say nothing.
	minPoints    = 5
	maxLineBytes = 64 << 10
)

// lightCurve is what was measured: times in days, values in any unit, and their errors in the same, nil if there are none.
type lightCurve struct {
	Time, Value, Error []float64
	// Skipped rows had no usable numbers; FirstSkipped is the line of the first.
	Skipped, FirstSkipped int
}

// baseline is the time from the first to the last measurement, in days.
func (c lightCurve) baseline() float64 { return slices.Max(c.Time) - slices.Min(c.Time) }

// columns are indexes; -1: there is none.
type columns struct{ time, value, err int }

var columnNames = [...][]string{
	{"time", "t", "jd", "bjd", "hjd", "mjd", "btjd", "bkjd", "date", "obstime"},
	{"flux", "mag", "magnitude", "value", "y", "brightness", "pdcsap_flux", "sap_flux"},
	{"error", "err", "e_flux", "e_mag", "flux_err", "flux_error", "mag_err", "mag_error", "sigma", "magerr", "dy", "uncertainty"},
}

// readLightCurve reads CSV, with commas, semicolons, tabs or blanks: time, value and, if there is a third column, its error. A header
// line may name the columns in another order; lines that begin with # are comments. The error says what is wrong, and in which line.
func readLightCurve(source io.Reader) (lightCurve, error) {
	lines := bufio.NewScanner(source)
	lines.Buffer(make([]byte, 0, 4096), maxLineBytes)
	var curve lightCurve
	var split func(string) []string
	which := columns{0, 1, 2}
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if split == nil {
			split = splitterFor(line)
			fields := split(line)
			header, err := isHeader(fields)
			if err != nil {
				return lightCurve{}, fmt.Errorf("line %d: %w", number, err)
			}
			if header {
				if which, err = columnsOf(fields); err != nil {
					return lightCurve{}, fmt.Errorf("line %d: %w", number, err)
				}
				continue
			}
			if len(fields) < 3 {
				which.err = -1
			}
		}
		if !curve.add(split(line), which) {
			if curve.Skipped == 0 {
				curve.FirstSkipped = number
			}
			curve.Skipped++
		}
		if len(curve.Time)+curve.Skipped > maxPoints {
			return lightCurve{}, fmt.Errorf("the table has more than %d rows", maxPoints)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return lightCurve{}, fmt.Errorf("a line of the table is longer than %d bytes: is it a text file?", maxLineBytes)
	} else if err != nil {
		return lightCurve{}, err
	}
	return curve, curve.check()
}

func splitterFor(line string) func(string) []string {
	for _, separator := range []string{",", ";", "\t"} {
		if strings.Contains(line, separator) {
			return func(line string) []string {
				fields := strings.Split(line, separator)
				for index, field := range fields {
					fields[index] = strings.Trim(strings.TrimSpace(field), `"`)
				}
				return fields
			}
		}
	}
	return strings.Fields
}

// isHeader: a line of names, none of which is a number.
func isHeader(fields []string) (bool, error) {
	if len(fields) < 2 {
		return false, errors.New("the table needs two columns at least, time and value, separated by commas, semicolons, tabs or blanks")
	}
	for _, field := range fields {
		if _, err := strconv.ParseFloat(field, 64); err == nil {
			return false, nil
		}
	}
	return true, nil
}

func columnsOf(header []string) (columns, error) {
	var found [len(columnNames)]int
	for kind, names := range columnNames {
		found[kind] = slices.IndexFunc(header, func(name string) bool { return slices.Contains(names, strings.ToLower(name)) })
	}
	for kind, what := range []string{"time", "value"} {
		if found[kind] < 0 {
			return columns{}, fmt.Errorf("no column is known as the %s: %s; a name may be %s", what,
				shortened(strings.Join(header, ", ")), strings.Join(columnNames[kind], ", "))
		}
	}
	return columns{found[0], found[1], found[2]}, nil
}

func shortened(text string) string {
	const most = 200
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// add adds a row, unless it has no usable numbers.
func (c *lightCurve) add(fields []string, which columns) bool {
	number := func(column int) float64 {
		if column >= len(fields) {
			return math.NaN()
		}
		value, err := strconv.ParseFloat(fields[column], 64)
		if err != nil {
			return math.NaN()
		}
		return value
	}
	time, value := number(which.time), number(which.value)
	if math.IsNaN(time-time) || math.IsNaN(value-value) {
		return false
	}
	if which.err >= 0 {
		// Neither 0 nor infinity can be a weight.
		sigma := number(which.err)
		if !(sigma > 0) || math.IsInf(sigma, 0) {
			return false
		}
		c.Error = append(c.Error, sigma)
	}
	c.Time, c.Value = append(c.Time, time), append(c.Value, value)
	return true
}

func (c lightCurve) check() error {
	switch {
	case len(c.Time) < minPoints && c.Skipped > 0:
		return fmt.Errorf("only %d rows have a time and a value (and an error above 0, where there is such a column), %d are needed; the first that has not is line %d",
			len(c.Time), minPoints, c.FirstSkipped)
	case len(c.Time) < minPoints:
		return fmt.Errorf("the table has %d rows, and %d are needed", len(c.Time), minPoints)
	case !(c.baseline() > 0) || math.IsInf(c.baseline(), 0):
		return errors.New("all times are the same")
	case slices.Max(c.Value) == slices.Min(c.Value):
		return errors.New("all values are the same: there is no period in them")
	}
	return nil
}
