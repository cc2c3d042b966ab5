package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write example.csv and the picture of the documentation anew")

// The period of Delta Cephei, in days (General Catalogue of Variable Stars 5.1).
const deltaCephei = 5.366266

// exampleCSV makes a light curve like that of Delta Cephei: 200 magnitudes in 120 nights, quickly up and slowly down between 3.5 and
// 4.4 (four harmonics), with errors of 0.01 to 0.05 mag.
func exampleCSV() string {
	random := rand.New(rand.NewPCG(1784, 5366266))
	var text strings.Builder
	text.WriteString("# Made by example_test.go: like Delta Cephei, whose period is 5.366266 d. Times are JD - 2460000.\ntime,magnitude,error\n")
	for night := range 120 {
		for range 1 + random.IntN(3)*(night%2) {
			time := float64(300+night) + 0.25 + 0.3*random.Float64()
			sigma := 0.01 + 0.04*random.Float64()
			angle := 2 * math.Pi * time / deltaCephei
			magnitude := 3.95 - 0.33*math.Cos(angle) - 0.14*math.Cos(2*angle-0.9) - 0.06*math.Cos(3*angle-1.7) - 0.03*math.Cos(4*angle-2.4)
			fmt.Fprintf(&text, "%.5f,%.3f,%.3f\n", time, magnitude+sigma*random.NormFloat64(), sigma)
		}
	}
	return text.String()
}

const picture = "../../../docs/images/periodogram.svg"

func TestThePictureOfTheDocumentationIsWhatTheExampleGives(t *testing.T) {
	curve, found := search(t, exampleCSV(), options{oversampling: defaultOversampling})
	frequencies, err := gridFor(curve, options{oversampling: defaultOversampling})
	if err != nil {
		t.Fatal(err)
	}
	powers, err := newPeriodogram(curve).spectrum(t.Context(), frequencies, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	drawn := plot(curve, frequencies, powers, found)
	if *update {
		if err := os.WriteFile(picture, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := os.ReadFile(picture); err != nil || string(written) != drawn {
		t.Fatal("the picture is another (go test -update writes it)", err)
	}
}

func TestTheExampleIsWhatItSaysAndItsPeriodIsFound(t *testing.T) {
	if *update {
		if err := os.WriteFile("example.csv", []byte(exampleCSV()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile("example.csv")
	if err != nil || string(written) != exampleCSV() {
		t.Fatal("example.csv is not what exampleCSV makes (go test -update writes it)", err)
	}
	curve, found := search(t, string(written), options{oversampling: 5})
	if len(curve.Time) < 150 || curve.Error == nil {
		t.Errorf("%d points", len(curve.Time))
	}
	if math.Abs(found.Period/deltaCephei-1) > 1e-3 {
		t.Errorf("period %v", found.Period)
	}
	if found.FalseAlarmProbability > 1e-20 {
		t.Errorf("false-alarm probability %v", found.FalseAlarmProbability)
	}
}
