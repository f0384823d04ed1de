package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// colors are Okabe and Ito's, which people who see colors differently can tell apart; shapes tell them apart without any.
var (
	colors = []color.Color{
		color.RGBA{0, 114, 178, 255},
		color.RGBA{213, 94, 0, 255},
		color.RGBA{0, 158, 115, 255},
		color.RGBA{204, 121, 167, 255},
		color.RGBA{86, 180, 233, 255},
		color.RGBA{230, 159, 0, 255},
	}
	shapes = []draw.GlyphDrawer{
		draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.CrossGlyph{},
	}
)

// fonts are those of the plots: the one whose widths the library knows, then such as look like it where it is not installed.
const fonts = "font-family:Liberation Sans,Arial,Helvetica,sans-serif"

// Cactus plots, for each contender, how many rows of the benchmark it solves within a time. Where the published rows are not at hand it shows
// the generated ones of the same family.
func (d *Data) Cactus() ([]byte, error) {
	results, what := d.of(rows.Published, ""), "published"
	if len(results) == 0 {
		results, what = d.of(rows.Family, ""), "generated"
	}
	p := newPlot(fmt.Sprintf("Rows solved within a time (%d %s rows)", len(results), what), "rows solved", "seconds per row")
	p.X.Min = 0
	for i, c := range d.contenders() {
		var points plotter.XYs
		for n, seconds := range times(results, c.seconds) {
			points = append(points, plotter.XY{X: float64(n + 1), Y: seconds})
		}
		if err := addLine(p, i, fmt.Sprintf("%s: %d", c.title, len(points)), points); err != nil {
			return nil, err
		}
	}
	return svg(p)
}

// GrowthPlot plots our worst time by the number of organizations, a line for each question, solved rows only.
func (d *Data) GrowthPlot() ([]byte, error) {
	p := newPlot("Worst time of the solved rows, by size", "organizations", "seconds per row")
	i := 0
	for _, set := range []rows.Set{rows.Growth, rows.Mixed} {
		for _, analysis := range analyses() {
			if set == rows.Mixed && analysis != rows.Splitting {
				continue // one line says enough of the mixed ones: they are the hard question on the hard networks
			}
			title := string(analysis)
			if set == rows.Mixed {
				title += ", mixed organizations"
			}
			if err := addLine(p, i, title, worstBySize(d.of(set, analysis))); err != nil {
				return nil, err
			}
			i++
		}
	}
	return svg(p)
}

func worstBySize(results []Result) plotter.XYs {
	var points plotter.XYs
	for _, size := range sizes(results) {
		solved := times(ofSize(results, size), wallOf(peers.Ours))
		if len(solved) > 0 {
			points = append(points, plotter.XY{X: float64(size), Y: slices.Max(solved)})
		}
	}
	return points
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.X.Tick.Marker = plot.TickerFunc(wholeTicks)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = vg.Points(2), vg.Points(6), vg.Points(-6)
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font.Variant = "Sans"
	}
	p.Add(plotter.NewGrid())
	return p
}

// wholeTicks are at most twelve whole numbers, for axes that count things.
func wholeTicks(least, most float64) []plot.Tick {
	const atMost = 12
	step := 1.0
	for _, larger := range []float64{2, 5, 10, 20, 25, 50, 100} {
		if (most-least)/step < atMost {
			break
		}
		step = larger
	}
	var ticks []plot.Tick
	for at := math.Ceil(least/step) * step; at <= most; at += step {
		ticks = append(ticks, plot.Tick{Value: at, Label: strconv.FormatFloat(at, 'f', -1, 64)})
	}
	return ticks
}

// addLine adds line i; one without points is left out.
func addLine(p *plot.Plot, i int, title string, points plotter.XYs) error {
	if len(points) == 0 {
		return nil
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return fmt.Errorf("plot %s: %w", title, err)
	}
	line.Color, line.Width = colors[i%len(colors)], vg.Points(1.5)
	dots.Color, dots.Shape, dots.Radius = line.Color, shapes[i%len(shapes)], vg.Points(2)
	p.Add(line, dots)
	p.Legend.Add(title, line, dots)
	return nil
}

// svg draws a plot whose axis of time begins and ends at a power of ten.
func svg(p *plot.Plot) ([]byte, error) {
	if p.Y.Min > p.Y.Max { // no points at all
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0.001, 10
	}
	p.Y.Min = math.Pow10(int(math.Floor(math.Log10(p.Y.Min))))
	p.Y.Max = max(10*p.Y.Min, math.Pow10(int(math.Ceil(math.Log10(p.Y.Max)))))
	canvas := vgsvg.New(22*vg.Centimeter, 13*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write plot: %w", err)
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("font-family:Liberation Sans"), []byte(fonts)), nil
}
