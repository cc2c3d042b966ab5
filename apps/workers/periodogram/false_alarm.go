package main

import "math"

// falseAlarm is the probability that noise alone (independent, normal) has a peak of this power or more somewhere below the highest
// frequency, per day: the upper limit of Baluev (2008, MNRAS 385, 1279), equations (5) and (6), for powers that are parts of the
// scatter of the values about their mean.
func (fit *spectralFit) falseAlarm(power, highest float64) float64 {
	// Degrees of freedom that a constant leaves, and a constant and a sinusoid.
	constant, sine := float64(len(fit.time)-1), float64(len(fit.time)-3)
	var mean, variance float64
	for i, time := range fit.time {
		mean += fit.weight[i] * time
	}
	for i, time := range fit.time {
		variance += fit.weight[i] * (time - mean) * (time - mean)
	}
	width := highest * math.Sqrt(4*math.Pi*variance)
	above, _ := math.Lgamma(constant / 2)
	below, _ := math.Lgamma((constant - 1) / 2)
	gamma := math.Sqrt(2/constant) * math.Exp(above-below)
	single := math.Pow(1-power, sine/2)
	expected := gamma * width * math.Pow(1-power, (sine-1)/2) * math.Sqrt(constant*power/2)
	return -math.Expm1(-expected) + single*math.Exp(-expected)
}
