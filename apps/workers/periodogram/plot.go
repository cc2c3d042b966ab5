package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Sizes in pixels.
const (
	plotWidth, plotHeight   = 800, 560
	plotLeft, plotRight     = 70, 780
	powerTop, powerBottom   = 50, 240
	foldedTop, foldedBottom = 320, 510
	// A drawing stays small whatever was uploaded: this many points of the folded light curve are drawn, evenly chosen.
	maxDrawn = 1500
)

// plot draws the spectrum over frequency, and under it the light curve, folded at the period that was found, as SVG.
func plot(curve lightCurve, grid grid, powers []float64, found best) string {
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" fill="#222">`+
		"\n<title>Periodogram and folded light curve</title>\n", plotWidth, plotHeight)
	fmt.Fprintf(&svg, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, plotHeight)
	title(&svg, powerTop, fmt.Sprintf("Generalised Lomb-Scargle periodogram: %d points, false-alarm probability %.2g", found.Points, found.FalseAlarmProbability))
	frequency := axis{grid.At(0), grid.Last(), plotLeft, plotRight}
	power := axis{0, 1, powerBottom, powerTop}
	frame(&svg, frequency, power, "frequency (1/d)", "power")
	drawSpectrum(&svg, frequency, power, grid, powers)
	x := frequency.at(found.Frequency)
	fmt.Fprintf(&svg, `<path d="M%.1f,%dV%d" stroke="#c33" stroke-dasharray="4 3"/>`+"\n", x, powerTop, powerBottom)

	title(&svg, foldedTop, fmt.Sprintf("Folded at %.6g d: amplitude %.3g", found.Period, found.Amplitude))
	lowest, highest := slices.Min(curve.Value), slices.Max(curve.Value)
	margin := (highest - lowest) * 0.05
	value := axis{lowest - margin, highest + margin, foldedBottom, foldedTop}
	phase := axis{0, 2, plotLeft, plotRight}
	frame(&svg, phase, value, "phase, from the highest", "value")
	drawFolded(&svg, phase, value, curve, found)
	svg.WriteString("</svg>\n")
	return svg.String()
}

// axis puts values from..to at pixels first..last.
type axis struct{ from, to, first, last float64 }

func (a axis) at(value float64) float64 {
	return a.first + (value-a.from)/(a.to-a.from)*(a.last-a.first)
}

// ticks are round numbers, six or so.
func (a axis) ticks() []float64 {
	rough := (a.to - a.from) / 6
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	step := unit * 10
	for _, factor := range []float64{1, 2, 5} {
		if unit*factor >= rough {
			step = unit * factor
			break
		}
	}
	var all []float64
	for count := math.Ceil(a.from / step); count*step <= a.to && len(all) < 20; count++ {
		all = append(all, count*step)
	}
	return all
}

func title(svg *strings.Builder, top float64, text string) {
	fmt.Fprintf(svg, `<text x="%d" y="%.0f" font-size="15" font-weight="600">%s</text>`+"\n", plotLeft, top-14, text)
}

func frame(svg *strings.Builder, x, y axis, below, beside string) {
	for _, tick := range x.ticks() {
		at := x.at(tick)
		fmt.Fprintf(svg, `<path d="M%.1f,%.0fv5" stroke="#222"/><text x="%.1f" y="%.0f" text-anchor="middle">%.4g</text>`+"\n", at, y.first, at, y.first+18, tick)
	}
	for _, tick := range y.ticks() {
		at := y.at(tick)
		fmt.Fprintf(svg, `<path d="M%.0f,%.1fH%.0f" stroke="#ddd"/><text x="%.0f" y="%.1f" text-anchor="end">%.6g</text>`+"\n", x.first, at, x.last, x.first-6, at+4, tick)
	}
	fmt.Fprintf(svg, `<rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" fill="none" stroke="#222"/>`+"\n", x.first, y.last, x.last-x.first, y.first-y.last)
	middle := (y.first + y.last) / 2
	fmt.Fprintf(svg, `<text x="%.0f" y="%.0f" text-anchor="middle">%s</text>`, (x.first+x.last)/2, y.first+36, below)
	fmt.Fprintf(svg, `<text transform="translate(16,%.0f) rotate(-90)" text-anchor="middle">%s</text>`+"\n", middle, beside)
}

// drawSpectrum draws of all frequencies that fall into one column of pixels the lowest and the highest power.
func drawSpectrum(svg *strings.Builder, x, y axis, grid grid, powers []float64) {
	svg.WriteString(`<path fill="none" stroke="#258" stroke-linejoin="round" d="`)
	command := "M"
	for first := 0; first < len(powers); {
		column := math.Floor(x.at(grid.At(first)))
		end := first + 1
		for end < len(powers) && math.Floor(x.at(grid.At(end))) == column {
			end++
		}
		some := powers[first:end]
		at := x.at(grid.At(first))
		fmt.Fprintf(svg, "%s%.1f,%.1f", command, at, y.at(slices.Min(some)))
		if len(some) > 1 {
			fmt.Fprintf(svg, "V%.1f", y.at(slices.Max(some)))
		}
		command, first = "L", end
	}
	svg.WriteString("\"/>\n")
}

// drawFolded draws two cycles. A line of no length with a round end is a point.
func drawFolded(svg *strings.Builder, x, y axis, curve lightCurve, found best) {
	svg.WriteString(`<path fill="none" stroke="#258" stroke-width="4" stroke-linecap="round" stroke-opacity=".6" d="`)
	every := (len(curve.Time)-1)/maxDrawn + 1
	for i := 0; i < len(curve.Time); i += every {
		cycles := (curve.Time[i] - found.EpochOfMaximum) / found.Period
		phase := cycles - math.Floor(cycles)
		for _, cycle := range []float64{0, 1} {
			fmt.Fprintf(svg, "M%.1f,%.1fh0", x.at(phase+cycle), y.at(curve.Value[i]))
		}
	}
	svg.WriteString("\"/>\n")
}
