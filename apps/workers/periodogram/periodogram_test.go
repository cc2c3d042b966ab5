package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func search(t *testing.T, table string, chosen options) (lightCurve, best) {
	t.Helper()
	curve, err := readLightCurve(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	frequencies, err := gridFor(curve, chosen)
	if err != nil {
		t.Fatal(err)
	}
	powers, err := newPeriodogram(curve).spectrum(t.Context(), frequencies, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return curve, bestOf(curve, frequencies, powers)
}

// sinusoidCSV has irregular times and errors; the values are those of a sinusoid that is highest at epoch, with noise.
func sinusoidCSV(points int, period, amplitude, epoch, noise float64) string {
	random := rand.New(rand.NewPCG(7, 7))
	var text strings.Builder
	for range points {
		time, sigma := 2460000+100*random.Float64(), 0.5+random.Float64()
		value := 12 + amplitude*math.Cos(2*math.Pi*(time-epoch)/period) + noise*sigma*random.NormFloat64()
		fmt.Fprintf(&text, "%.8f;%.10f;%.6f\n", time, value, sigma)
	}
	return text.String()
}

func TestASinusoidIsFoundWithItsPeriodAmplitudeAndEpoch(t *testing.T) {
	const period, amplitude, epoch = 0.7236519, 2.5, 2460050.25
	_, found := search(t, sinusoidCSV(300, period, amplitude, epoch, 0), options{minPeriod: 0.1, oversampling: 5})
	near := func(what string, is, expected, tolerance float64) {
		t.Helper()
		if !(math.Abs(is-expected) <= tolerance) {
			t.Errorf("%s is %.12g, not %.12g", what, is, expected)
		}
	}
	near("period", found.Period, period, 1e-7)
	near("frequency", found.Frequency, 1/period, 1e-6)
	near("power", found.Power, 1, 1e-9)
	near("amplitude", found.Amplitude, amplitude, 1e-5)
	cycles := (found.EpochOfMaximum - epoch) / period
	near("epoch, in cycles", cycles-math.Round(cycles), 0, 1e-5)
	near("false-alarm probability", found.FalseAlarmProbability, 0, 1e-100)
}

func TestTurnedPhasesGiveThePowersOfEveryFrequencyByItself(t *testing.T) {
	curve, err := readLightCurve(strings.NewReader(sinusoidCSV(100, 3, 1, 0, 1)))
	if err != nil {
		t.Fatal(err)
	}
	fit := newPeriodogram(curve)
	frequencies := grid{First: 0.01, Step: 0.0123, Count: 3*block + 7}
	powers, err := fit.spectrum(t.Context(), frequencies, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for index, power := range powers {
		if alone := fit.at(frequencies.At(index)).power; math.Abs(power-alone) > 1e-12 {
			t.Fatalf("frequency %d: %v, alone %v", index, power, alone)
		}
	}
}

func TestPowersAndFalseAlarmsAreThoseOfAstropy(t *testing.T) {
	python := os.Getenv("UWS_TEST_PYTHON")
	if python == "" {
		t.Skip("UWS_TEST_PYTHON names no Python with astropy")
	}
	for name, noise := range map[string]float64{"clear": 0.3, "faint": 4} {
		t.Run(name, func(t *testing.T) {
			table := sinusoidCSV(150, 1.234, 1, 0, noise)
			curve, err := readLightCurve(strings.NewReader(table))
			if err != nil {
				t.Fatal(err)
			}
			frequencies := grid{First: 0.02, Step: 0.01, Count: 500}
			fit := newPeriodogram(curve)
			powers, err := fit.spectrum(t.Context(), frequencies, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			command := exec.Command(python, "-c", `
import io, json, math, sys
import numpy as np
from astropy.timeseries import LombScargle
from astropy.timeseries.periodograms.lombscargle import _statistics
# All that scipy would be needed for.
_statistics._gamma = lambda n: math.sqrt(2 / n) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
t, y, dy = np.loadtxt(io.StringIO(sys.stdin.read()), delimiter=";", unpack=True)
f = 0.02 + 0.01 * np.arange(500)
ls = LombScargle(t - t.mean(), y, dy)
p = ls.power(f, method="slow")
# Not the method of LombScargle, which moves the highest frequency to a grid of its own.
alarm = _statistics.false_alarm_probability(p.max(), f[-1], t - t.mean(), y, dy, method="baluev")
json.dump({"powers": p.tolist(), "alarm": float(alarm)}, sys.stdout)`)
			command.Stdin, command.Stderr = strings.NewReader(table), os.Stderr
			out, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			var theirs struct {
				Powers []float64
				Alarm  float64
			}
			if err := json.Unmarshal(out, &theirs); err != nil || len(theirs.Powers) != len(powers) {
				t.Fatal(err, len(theirs.Powers))
			}
			highest := 0.0
			for index, power := range powers {
				highest = max(highest, power)
				if math.Abs(power-theirs.Powers[index]) > 1e-9*theirs.Powers[index]+1e-12 {
					t.Fatalf("frequency %v: %v, astropy %v", frequencies.At(index), power, theirs.Powers[index])
				}
			}
			if alarm := fit.falseAlarm(highest, frequencies.Last()); math.Abs(alarm/theirs.Alarm-1) > 1e-8 {
				t.Errorf("false-alarm probability %v, astropy %v", alarm, theirs.Alarm)
			}
		})
	}
}

func TestNoiseHasNoSmallFalseAlarmProbability(t *testing.T) {
	_, found := search(t, sinusoidCSV(200, 1, 0, 0, 1), options{oversampling: 5})
	if found.FalseAlarmProbability < 0.01 {
		t.Errorf("%+v", found)
	}
}

func TestTheSearchEndsWhenItsContextDoes(t *testing.T) {
	curve, err := readLightCurve(strings.NewReader(sinusoidCSV(50, 1, 1, 0, 1)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	told := 0
	_, err = newPeriodogram(curve).spectrum(ctx, grid{0.1, 0.1, 100 * block}, func(int) {
		told++
		cancel(why)
	})
	if err != why || told != 1 {
		t.Errorf("%v after %d blocks", err, told)
	}
}

func TestTablesAreRead(t *testing.T) {
	rows := "1,10,0.1\n2,11,0.2\n3,12,0.1\n4,10,0.3\n5,9,0.1\n"
	plain := "1 10\n2 11\n3 12\n4 10\n5 9\n"
	for name, example := range map[string]struct {
		table           string
		errors, skipped int
	}{
		"with errors":            {rows, 5, 0},
		"header and comment":     {"# by hand\n\ntime,flux,error\n" + rows, 5, 0},
		"byte order mark":        {"\ufefftime,flux,error\r\n" + strings.ReplaceAll(rows, "\n", "\r\n"), 5, 0},
		"blanks, without errors": {plain, 0, 0},
		"tabs":                   {strings.ReplaceAll(plain, " ", "\t"), 0, 0},
		"bad rows":               {rows + "6,,0.1\n7,nan,0.1\n8,9,0\n9,9,-1\n10\n+Inf,1,1\n", 5, 6},
	} {
		t.Run(name, func(t *testing.T) {
			curve, err := readLightCurve(strings.NewReader(example.table))
			if err != nil {
				t.Fatal(err)
			}
			if len(curve.Time) != 5 || len(curve.Error) != example.errors || curve.Skipped != example.skipped || curve.Value[1] != 11 {
				t.Errorf("%+v", curve)
			}
		})
	}
	curve, err := readLightCurve(strings.NewReader("name,mag,e_mag,HJD\na,9,.1,1\nb,8,.1,2\nc,9,.1,3\nd,8,.1,4\ne,9,.1,5\n"))
	if err != nil || curve.Time[4] != 5 || curve.Value[4] != 9 || curve.Error[4] != 0.1 {
		t.Errorf("%+v %v", curve, err)
	}
}

func TestWhatCannotBeSearchedIsTold(t *testing.T) {
	for name, example := range map[string]struct{ table, message string }{
		"nothing":        {"", "the table has 0 rows"},
		"one column":     {"time\n1\n", "line 1: the table needs two columns"},
		"unknown names":  {"name,colour\na,b\n", "line 1: no column is known as the time"},
		"no value":       {"time,colour\n1,b\n", "no column is known as the value"},
		"too few":        {"1,2\n2,3\nx,y\n", "only 2 rows have a time and a value"},
		"one time":       {"1,1\n1,2\n1,3\n1,4\n1,5\n", "all times are the same"},
		"constant":       {"1,1\n2,1\n3,1\n4,1\n5,1\n", "all values are the same"},
		"no text":        {strings.Repeat("\x00", maxLineBytes+1), "is it a text file?"},
		"too many lines": {strings.Repeat("1 1\n", maxPoints+1), "more than 1000000 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readLightCurve(strings.NewReader(example.table)); err == nil || !strings.Contains(err.Error(), example.message) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAGridThatIsTooLargeOrEmptyIsRefused(t *testing.T) {
	curve := lightCurve{Time: []float64{0, 10, 20, 50, 100}, Value: []float64{1, 2, 3, 4, 5}}
	for message, chosen := range map[string]options{
		"frequencies would be needed": {minPeriod: 1e-6, oversampling: 5},
		"is not below the longest":    {minPeriod: 7, maxPeriod: 7, oversampling: 5},
	} {
		if _, err := gridFor(curve, chosen); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%v", err)
		}
	}
	frequencies, err := gridFor(curve, options{minPeriod: 2, maxPeriod: 50, oversampling: 10})
	if err != nil || frequencies.At(0) != 0.02 || math.Abs(frequencies.Last()-0.5) > 1e-12 || math.Abs(frequencies.Step-0.001) > 1e-15 {
		t.Errorf("%+v %v", frequencies, err)
	}
}

func TestTheSpectrumIsATableOfAllFrequencies(t *testing.T) {
	text, err := io.ReadAll(spectrumCSV(grid{0.5, 0.5, 3}, []float64{0.25, 1, 0}))
	if err != nil || string(text) != "frequency,period,power\n0.5,2,0.25\n1,1,1\n1.5,0.666666666666667,0\n" {
		t.Errorf("%q %v", text, err)
	}
}

func TestThePlotIsSmallWhateverWasUploaded(t *testing.T) {
	curve, err := readLightCurve(strings.NewReader(sinusoidCSV(20_000, 3, 1, 0, 1)))
	if err != nil {
		t.Fatal(err)
	}
	frequencies := grid{0.01, 0.0001, 100_000}
	drawn := plot(curve, frequencies, make([]float64, frequencies.Count), best{Period: 3, Frequency: 1.0 / 3})
	if len(drawn) > 100_000 {
		t.Errorf("%d bytes", len(drawn))
	}
	if err := xml.Unmarshal([]byte(drawn), new(any)); err != nil {
		t.Error(err)
	}
}
