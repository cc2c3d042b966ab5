package main

import (
	"encoding/json"
	"math"
)

// best is what was found: the highest peak.
type best struct {
	// Days, and per day.
	Period    float64 `json:"period"`
	Frequency float64 `json:"frequency"`
	// Power is the part of the scatter that the sinusoid explains, 0 to 1.
	Power                 float64 `json:"power"`
	FalseAlarmProbability float64 `json:"falseAlarmProbability"`
	// Amplitude is half of what the sinusoid goes up and down, in the unit of the values.
	Amplitude float64 `json:"amplitude"`
	// EpochOfMaximum is a time, in days, at which the sinusoid is highest.
	EpochOfMaximum float64 `json:"epochOfMaximum"`
	Points         int     `json:"points"`
	Frequencies    int     `json:"frequencies"`
}

// bestOf looks for the top of the highest peak between the frequencies of the grid.
func bestOf(curve lightCurve, grid grid, powers []float64) best {
	fit := newPeriodogram(curve)
	top := 0
	for index, power := range powers {
		if power > powers[top] {
			top = index
		}
	}
	from, to := grid.At(max(0, top-1)), grid.At(min(grid.Count-1, top+1))
	frequency := highest(func(frequency float64) float64 { return fit.at(frequency).power }, from, to)
	sine := fit.at(frequency)
	// The fit counts its days from the middle.
	middle := curve.Time[0] - fit.time[0]
	return best{
		Period:                1 / frequency,
		Frequency:             frequency,
		Power:                 sine.power,
		FalseAlarmProbability: fit.falseAlarm(sine.power, grid.Last()),
		Amplitude:             math.Hypot(sine.a, sine.b),
		EpochOfMaximum:        middle + math.Atan2(sine.b, sine.a)/(2*math.Pi*frequency),
		Points:                len(curve.Time),
		Frequencies:           grid.Count,
	}
}

// highest finds the maximum of a function with one between two places, by golden sections.
func highest(of func(float64) float64, from, to float64) float64 {
	golden := (math.Sqrt(5) - 1) / 2
	for range 60 {
		left, right := to-golden*(to-from), from+golden*(to-from)
		if of(left) < of(right) {
			from = left
		} else {
			to = right
		}
	}
	return (from + to) / 2
}

func (b best) json() []byte {
	// All of its numbers are finite.
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}
