package main

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// patience is how long work may take before a progress bar is shown.
const patience = time.Second

// A progress shows on a terminal how much of the work is done, once that takes
// long. It is also the way to standard error meanwhile: messages appear
// above the bar.
type progress struct {
	out   io.Writer
	shown bool // a bar may be shown
	start time.Time
	total int64
	done  int64
	count decor.Decorator
	bars  *mpb.Progress // nil before patience ended
	bar   *mpb.Bar
}

// newProgress returns the progress of some files. It shows nothing where
// standard error is no terminal, where standard output is one too and would
// run through the bar, or where silence is wanted.
func newProgress(a *app, total int, silent bool) *progress {
	return &progress{out: a.err, shown: a.term && !silent, start: time.Now(), total: int64(total), count: decor.CountersNoUnit("%d of %d files ")}
}

// newByteProgress is newProgress for a number of bytes; there is no bar where
// it is not known, 0.
func newByteProgress(a *app, total int64, silent bool) *progress {
	return &progress{out: a.err, shown: a.term && !silent && total > 0, start: time.Now(), total: total, count: decor.CountersKibiByte("% .1f of % .1f ")}
}

// step counts a file that is done.
func (p *progress) step() { p.set(p.done + 1) }

// set says how much is done.
func (p *progress) set(done int64) {
	p.done = done
	if p.bars == nil {
		if !p.shown || p.done == p.total || time.Since(p.start) < patience {
			return
		}
		p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithAutoRefresh(), mpb.WithWidth(60))
		p.bar = p.bars.AddBar(p.total,
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(p.count),
			mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
	}
	p.bar.SetCurrent(p.done)
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
