package simulate

import (
	"bytes"
	"fmt"
	"image/color"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"understudy/rollout"
)

// Colors are of Okabe and Ito's, which people who see colors differently can tell
// apart; width, dashes and shapes tell the lines apart without any.
var (
	blue   = color.RGBA{0, 114, 178, 255}
	pale   = color.RGBA{204, 225, 240, 255}
	black  = color.RGBA{0, 0, 0, 255}
	orange = color.RGBA{213, 94, 0, 255}
	green  = color.RGBA{0, 158, 115, 255}
	pink   = color.RGBA{204, 121, 167, 255}
)

// single are the looks of the runs that are drawn one by one.
var single = []struct {
	color  color.Color
	dashes []vg.Length
}{
	{orange, []vg.Length{vg.Points(6), vg.Points(3)}},
	{green, []vg.Length{vg.Points(1.5), vg.Points(2)}},
	{pink, []vg.Length{vg.Points(8), vg.Points(2), vg.Points(1.5), vg.Points(2)}},
}

// fonts are that whose widths the library knows, then such as look like it where
// it is not installed.
const fonts = "font-family:Liberation Sans,Arial,Helvetica,sans-serif"

// Plot draws the stage over time as SVG: the median of all runs, the band in
// which 90 % of them are, and the first three runs with their trips.
func (r *Report) Plot() ([]byte, error) {
	p := r.figure()
	if err := r.draw(p); err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	canvas := vgsvg.New(22*vg.Centimeter, 12*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write plot: %w", err)
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("font-family:Liberation Sans"), []byte(fonts)), nil
}

// figure is a plot with its axes and nothing on them.
func (r *Report) figure() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = fmt.Sprintf("Stage over time: %s, %g scans a day", count(r.Config.Runs, "run"), r.Config.Candidate.ScansPerDay)
	p.X.Label.Text, p.Y.Label.Text = "days since the rollout began", "stage"
	p.X.Min, p.X.Max = 0, float64(r.Config.Days)
	p.Y.Min, p.Y.Max = 0.5, 6.5
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(wholeDays), plot.ConstantTicks(stageTicks())
	p.Legend.Left, p.Legend.Top = true, true
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = vg.Points(3), vg.Points(8), vg.Points(-6)
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font.Variant = "Sans"
	}
	return p
}

func (r *Report) draw(p *plot.Plot) error {
	low, middle, high := r.bands()
	band, err := plotter.NewPolygon(around(low, high))
	if err != nil {
		return err
	}
	band.Color, band.LineStyle.Width = pale, 0
	p.Add(band, plotter.NewGrid())
	p.Legend.Add("90 % of runs", band)
	for i := range min(len(single), len(r.outcomes)) {
		if err := r.drawRun(p, i); err != nil {
			return err
		}
	}
	median, err := plotter.NewLine(middle)
	if err != nil {
		return err
	}
	median.Color, median.Width = blue, vg.Points(3)
	p.Add(median)
	p.Legend.Add("median", median)
	return nil
}

// drawRun draws a run a little beside the line of its stage, so that runs do not
// hide each other.
func (r *Report) drawRun(p *plot.Plot, i int) error {
	o := &r.outcomes[i]
	beside := 0.08 * float64(i+1)
	var points, trips plotter.XYs
	for n, m := range o.Moves {
		if n > 0 {
			points = append(points, plotter.XY{X: inDays(m.At), Y: points[len(points)-1].Y})
		}
		points = append(points, plotter.XY{X: inDays(m.At), Y: float64(m.Stage) + beside})
	}
	points = append(points, plotter.XY{X: inDays(o.Ended), Y: points[len(points)-1].Y})
	for _, t := range o.Trips {
		trips = append(trips, plotter.XY{X: inDays(t.At), Y: float64(t.Stage) + beside})
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Color, line.Dashes, line.Width = single[i].color, single[i].dashes, vg.Points(1.5)
	p.Add(line)
	p.Legend.Add(fmt.Sprintf("run %d, trips as crosses", i+1), line)
	if len(trips) == 0 {
		return nil
	}
	crosses, err := plotter.NewScatter(trips)
	if err != nil {
		return err
	}
	crosses.Color, crosses.Shape, crosses.Radius = black, draw.CrossGlyph{}, vg.Points(4)
	p.Add(crosses)
	return nil
}

// bands are the 5th, 50th and 95th percentile of the stage at each of 400 times.
// A run that has ended stays where it ended.
func (r *Report) bands() (low, middle, high plotter.XYs) {
	const steps = 400
	total := time.Duration(r.Config.Days) * day
	stages := make([]float64, len(r.outcomes))
	for step := range steps + 1 {
		at := total * time.Duration(step) / steps
		for i := range r.outcomes {
			stages[i] = float64(r.outcomes[i].last(at).Stage)
		}
		s := spread(stages) // sorts
		x := inDays(at)
		low = stair(low, plotter.XY{X: x, Y: float64(quantile(stages, 0.05))})
		middle = stair(middle, plotter.XY{X: x, Y: float64(s.Median)})
		high = stair(high, plotter.XY{X: x, Y: float64(s.P95)})
	}
	return low, middle, high
}

// stair adds a point and, where the height changes, the foot of the step.
func stair(line plotter.XYs, next plotter.XY) plotter.XYs {
	if n := len(line); n > 0 && line[n-1].Y != next.Y {
		line = append(line, plotter.XY{X: next.X, Y: line[n-1].Y})
	}
	return append(line, next)
}

// around is the band between two lines, a little wider so that it shows where
// they lie on each other.
func around(low, high plotter.XYs) plotter.XYs {
	const wider = 0.12
	var points plotter.XYs
	for _, at := range low {
		points = append(points, plotter.XY{X: at.X, Y: at.Y - wider})
	}
	for i := range high {
		at := high[len(high)-1-i]
		points = append(points, plotter.XY{X: at.X, Y: at.Y + wider})
	}
	return points
}

func stageTicks() (ticks []plot.Tick) {
	for _, stage := range rollout.Stages()[rollout.Shadow:] {
		ticks = append(ticks, plot.Tick{Value: float64(stage), Label: stage.String()})
	}
	return ticks
}

// wholeDays are at most sixteen whole numbers.
func wholeDays(least, most float64) (ticks []plot.Tick) {
	step := 1
	for _, larger := range []int{2, 5, 10, 30, 60, 120, 365} {
		if (most-least)/float64(step) <= 15 {
			break
		}
		step = larger
	}
	for at := 0; float64(at) <= most; at += step {
		ticks = append(ticks, plot.Tick{Value: float64(at), Label: strconv.Itoa(at)})
	}
	return ticks
}

func inDays(d time.Duration) float64 { return d.Hours() / 24 }
