package main

import (
	"context"
	"math"
)

// spectralFit is the generalised Lomb-Scargle periodogram: at each frequency a sinusoid and a constant are fitted by weighted least
// squares, and the power is the part of the scatter that the fit explains, from 0 to 1.
//
// The method is of Lomb (1976, Ap&SS 39, 447) and Scargle (1982, ApJ 263, 835); constant and weights are as Zechmeister & Kürster
// (2009, A&A 496, 577) have them, whose names are used here: equations (5) for the power, (7) to (15) for the sums.
type spectralFit struct {
	// Days since the middle of the times, so that phases keep their digits.
	time []float64
	// Weights, whose sum is 1, and weights times values, whose mean is 0.
	weight, weighted []float64
	// The weighted variance of the values: YY.
	variance float64
}

func newPeriodogram(curve lightCurve) *spectralFit {
	count := len(curve.Time)
	fit := &spectralFit{time: make([]float64, count), weight: make([]float64, count), weighted: make([]float64, count)}
	middle := curve.Time[0] + meanDifference(curve.Time)
	var sum float64
	for i := range count {
		fit.time[i] = curve.Time[i] - middle
		fit.weight[i] = 1
		if curve.Error != nil {
			fit.weight[i] = 1 / (curve.Error[i] * curve.Error[i])
		}
		sum += fit.weight[i]
	}
	var mean float64
	for i := range count {
		fit.weight[i] /= sum
		mean += fit.weight[i] * curve.Value[i]
	}
	for i := range count {
		deviation := curve.Value[i] - mean
		fit.weighted[i] = fit.weight[i] * deviation
		fit.variance += fit.weighted[i] * deviation
	}
	return fit
}

func meanDifference(values []float64) float64 {
	var sum float64
	for _, value := range values {
		sum += (value - values[0]) / float64(len(values))
	}
	return sum
}

// sums are those of Z&K (2009) at one frequency: C, S (7, 8), YC, YS (10, 11), CC, CS (13, 15), before the means are taken off.
type sums struct{ c, s, yc, ys, cc, cs float64 }

func (s *sums) add(weight, weighted, cos, sin float64) {
	s.c += weight * cos
	s.s += weight * sin
	s.yc += weighted * cos
	s.ys += weighted * sin
	s.cc += weight * cos * cos
	s.cs += weight * cos * sin
}

// sinusoid is a fit: value = mean + a cos ωt + b sin ωt.
type sinusoid struct{ power, a, b float64 }

// solve gives the power p of equation (5), and the coefficients of appendix A.
func (s sums) solve(variance float64) sinusoid {
	cc := s.cc - s.c*s.c
	ss := (1 - s.cc) - s.s*s.s
	cs := s.cs - s.c*s.s
	determinant := cc*ss - cs*cs
	// The times lie so that cosine and sine are the same function there: nothing can be told.
	if determinant <= 1e-14 {
		return sinusoid{}
	}
	power := (ss*s.yc*s.yc + cc*s.ys*s.ys - 2*cs*s.yc*s.ys) / (variance * determinant)
	return sinusoid{
		power: min(1, max(0, power)),
		a:     (s.yc*ss - s.ys*cs) / determinant,
		b:     (s.ys*cc - s.yc*cs) / determinant,
	}
}

// at fits one frequency, per day.
func (fit *spectralFit) at(frequency float64) sinusoid {
	var sum sums
	for i, time := range fit.time {
		sin, cos := math.Sincos(2 * math.Pi * frequency * time)
		sum.add(fit.weight[i], fit.weighted[i], cos, sin)
	}
	return sum.solve(fit.variance)
}

// block is how many frequencies are gone through by turning the phase, before it is computed anew: 128 rotations cost two digits.
const block = 128

// spectrum gives the powers at all frequencies of the grid. It tells now and then how many are done, and ends with the context's cause
// when that is done.
func (fit *spectralFit) spectrum(ctx context.Context, grid grid, tell func(done int)) ([]float64, error) {
	powers := make([]float64, grid.Count)
	turns := make([]complex128, len(fit.time))
	for i, time := range fit.time {
		sin, cos := math.Sincos(2 * math.Pi * grid.Step * time)
		turns[i] = complex(cos, sin)
	}
	var all [block]sums
	for first := 0; first < grid.Count; first += block {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		some := all[:min(block, grid.Count-first)]
		clear(some)
		for i, time := range fit.time {
			sin, cos := math.Sincos(2 * math.Pi * grid.At(first) * time)
			phase := complex(cos, sin)
			for k := range some {
				some[k].add(fit.weight[i], fit.weighted[i], real(phase), imag(phase))
				phase *= turns[i]
			}
		}
		for k := range some {
			powers[first+k] = some[k].solve(fit.variance).power
		}
		tell(first + len(some))
	}
	return powers, nil
}
