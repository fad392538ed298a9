package main

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// patience is how long work may take before a progress bar is shown.
const patience = time.Second

// A progress shows on a terminal how many of the files are done, once that
// takes long. It is also the way to standard error meanwhile: messages appear
// above the bar.
type progress struct {
	out   io.Writer
	shown bool // a bar may be shown
	start time.Time
	total int
	done  int
	bars  *mpb.Progress // nil before patience ended
	bar   *mpb.Bar
}

// newProgress returns the progress of some files. It shows nothing where
// standard error is no terminal, where standard output is one too and would
// run through the bar, or where silence is wanted.
func newProgress(a *app, total int, silent bool) *progress {
	return &progress{out: a.err, shown: a.term && !silent, start: time.Now(), total: total}
}

// step counts a file that is done.
func (p *progress) step() {
	p.done++
	if p.bars == nil {
		if !p.shown || p.done == p.total || time.Since(p.start) < patience {
			return
		}
		p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithAutoRefresh(), mpb.WithWidth(60))
		p.bar = p.bars.AddBar(int64(p.total),
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.CountersNoUnit("%d of %d files ")),
			mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
	}
	p.bar.SetCurrent(int64(p.done))
}

// print writes to standard error, above the bar where there is one. What
// cannot be written there has no other place to go.
func (p *progress) print(b []byte) {
	if p.bars != nil {
		if _, err := p.bars.Write(b); err == nil {
			return
		} // the bar could not be drawn and has ended
	}
	p.out.Write(b)
}

// close takes the bar away.
func (p *progress) close() {
	if p.bars == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
	p.bars = nil
}
