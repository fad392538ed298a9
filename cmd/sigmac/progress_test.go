package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name         string
		term, silent bool
		ago          time.Duration
		wantBar      bool
	}{
		{name: "no terminal", ago: time.Hour},
		{name: "quiet", term: true, silent: true, ago: time.Hour},
		{name: "quick", term: true},
		{name: "long", term: true, ago: time.Hour, wantBar: true},
	} {
		var b bytes.Buffer
		p := newProgress(&app{err: &b, term: c.term}, 3, c.silent)
		p.start = p.start.Add(-c.ago)
		p.step()
		if (p.bars != nil) != c.wantBar {
			t.Errorf("%s: there is a bar: %v", c.name, p.bars != nil)
		}
		p.print([]byte("message\n"))
		p.step()
		p.step()
		p.close()
		if !strings.Contains(b.String(), "message\n") {
			t.Errorf("%s: the message is lost: %q", c.name, b.String())
		}
		if !c.wantBar && b.String() != "message\n" {
			t.Errorf("%s: %q", c.name, b.String())
		}
	}
}

// Work that ends with the step on which patience does needs no bar.
func TestProgressAtTheEnd(t *testing.T) {
	p := newProgress(&app{err: &bytes.Buffer{}, term: true}, 1, false)
	p.start = p.start.Add(-time.Hour)
	if p.step(); p.bars != nil {
		t.Error("there is a bar for nothing")
	}
}

func TestByteProgress(t *testing.T) {
	for total, want := range map[int64]bool{0: false, 5000: true} {
		var b bytes.Buffer
		p := newByteProgress(&app{err: &b, term: true}, total, false)
		p.start = p.start.Add(-time.Hour)
		p.set(1000)
		if got := p.bars != nil; got != want {
			t.Errorf("%d bytes: there is a bar: %v", total, got)
		}
		p.close()
	}
}
