package main

import (
	"fmt"
	"math"
)

const (
	maxFrequencies = 2_000_000
	// Points times frequencies: some minutes of one processor.
	maxWork = 50_000_000_000
	// Unevenly spaced times tell of frequencies above the mean Nyquist frequency as well (VanderPlas 2018, ApJS 236, 16, section 7.1).
	nyquistFactor = 5
)

// grid is evenly spaced frequencies, per day.
type grid struct {
	First, Step float64
	Count       int
}

func (g grid) At(index int) float64 { return g.First + float64(index)*g.Step }
func (g grid) Last() float64        { return g.At(g.Count - 1) }

// gridFor goes from the longest period to the shortest. Peaks are as wide as 1/baseline, and are sampled so many times. Unless told
// otherwise the longest is the baseline, and the highest frequency is five times the mean Nyquist frequency.
func gridFor(curve lightCurve, chosen options) (grid, error) {
	baseline := curve.baseline()
	longest, shortest := chosen.maxPeriod, chosen.minPeriod
	if longest == 0 {
		longest = baseline
	}
	if shortest == 0 {
		shortest = 2 * baseline / float64(len(curve.Time)) / nyquistFactor
	}
	if shortest >= longest {
		return grid{}, fmt.Errorf("the shortest period, %.6g d, is not below the longest, %.6g d: give MIN_PERIOD and MAX_PERIOD", shortest, longest)
	}
	step := 1 / baseline / float64(chosen.oversampling)
	count := math.Round((1/shortest-1/longest)/step) + 1
	most := min(maxFrequencies, maxWork/float64(len(curve.Time)))
	if !(count <= most) {
		return grid{}, fmt.Errorf("%.3g frequencies would be needed for %d points over %.6g d, and %.0f may be: give a longer MIN_PERIOD or less OVERSAMPLING",
			count, len(curve.Time), baseline, most)
	}
	return grid{First: 1 / longest, Step: step, Count: int(count)}, nil
}
