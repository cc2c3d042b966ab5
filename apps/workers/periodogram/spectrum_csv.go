package main

import (
	"bytes"
	"io"
	"strconv"
)

// spectrumCSV is the spectrum as a table: frequency (per day), period (days), power. Rows are made while they are read.
func spectrumCSV(grid grid, powers []float64) io.Reader {
	return &spectrumReader{grid: grid, powers: powers, buffer: *bytes.NewBufferString("frequency,period,power\n")}
}

type spectrumReader struct {
	grid   grid
	powers []float64
	next   int
	buffer bytes.Buffer
}

func (r *spectrumReader) Read(into []byte) (int, error) {
	var row []byte
	for r.buffer.Len() < len(into) && r.next < len(r.powers) {
		frequency := r.grid.At(r.next)
		row = strconv.AppendFloat(row[:0], frequency, 'g', 15, 64)
		row = strconv.AppendFloat(append(row, ','), 1/frequency, 'g', 15, 64)
		row = strconv.AppendFloat(append(row, ','), r.powers[r.next], 'g', 15, 64)
		r.buffer.Write(append(row, '\n'))
		r.next++
	}
	return r.buffer.Read(into)
}
