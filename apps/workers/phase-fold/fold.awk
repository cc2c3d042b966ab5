# Folds a light curve. Variables: period, epoch (optional), bins (optional). Any POSIX awk.
BEGIN { FS = "[ \t,;]+"; points = 0; OFMT = CONVFMT = "%.10g" }

# A number in each of the first two columns; a line may begin with blanks.
{ first = $1 == "" ? 2 : 1 }
$first !~ /^[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$/ { next }
$(first + 1) !~ /^[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$/ { next }

{ time[points] = $first; magnitude[points++] = $(first + 1) + 0 }

END {
  # 65 is EX_DATAERR of sysexits.h.
  if (points == 0) { print "no line with a time and a magnitude" > "/dev/stderr"; exit 65 }
  if (epoch == "") epoch = time[0]
  step = int(points / 20) + 1
  print "phase,magnitude,time"
  for (i = 0; i < points; i++) {
    cycles = (time[i] - epoch) / period
    phase = cycles - int(cycles)
    if (phase < 0) phase += 1
    m = magnitude[i]
    # The time as it was written: a Julian date has more digits than awk prints.
    printf "%.6f,%s,%s\n", phase, m, time[i]
    sum += m
    if (i == 0 || m < brightest) brightest = m
    if (i == 0 || m > faintest) faintest = m
    if (bins > 0) { bin = int(phase * bins); total[bin] += m; count[bin]++ }
    if ((i + 1) % step == 0 || i + 1 == points) print "folded " i + 1 " of " points > "/dev/stderr"
  }
  printf "points %d\nmean %.4f\namplitude %.4f\n", points, sum / points, faintest - brightest > "summary.txt"
  if (bins > 0) {
    print "phase,magnitude,points" > "bins.csv"
    for (b = 0; b < bins; b++) if (count[b]) printf "%.6f,%.4f,%d\n", (b + 0.5) / bins, total[b] / count[b], count[b] > "bins.csv"
  }
}
