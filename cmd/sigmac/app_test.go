package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// sandbox runs command lines in the process, with streams that the test sees.
type sandbox struct {
	app
	stdout, stderr bytes.Buffer
}

func newSandbox(stdin string) *sandbox {
	s := &sandbox{}
	s.in, s.out, s.err = strings.NewReader(stdin), &s.stdout, &s.stderr
	return s
}

// rule returns the text of a rule that looks for an image.
func rule(image string) string {
	return "title: T\nlogsource:\n    product: windows\ndetection:\n    sel:\n        Image: " + image + "\n    condition: sel\n"
}

// writeRules writes rules below a new folder and returns it.
func writeRules(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The output is the same whatever the number of jobs, byte by byte, on both
// streams.
func TestOrderIsStable(t *testing.T) {
	files := make(map[string]string)
	for i := range 70 {
		text := rule(fmt.Sprintf("image%d", i))
		switch i % 5 {
		case 1: // long ones take longer
			for k := range i / 4 {
				text += fmt.Sprintf("---\n%s", rule(fmt.Sprintf("image%d_%d", i, k)))
			}
		case 2:
			text = strings.Replace(text, "Image:", "Image|wrong:", 1)
		case 3:
			text = strings.Replace(text, "Image:", "Image|re:", 1)
		}
		files[fmt.Sprintf("d%d/r%d.yml", i%7, i)] = text
	}
	dir := writeRules(t, files)
	for _, flags := range [][]string{{"-t", "splunk,kql,esql"}, {"--json", "-t", "kql,kusto"}} {
		var want *sandbox
		for _, jobs := range []string{"1", "2", "8", "64"} {
			s := newSandbox("")
			if code := s.run(append([]string{"convert", "-j", jobs, dir}, flags...)); code != exitRules {
				t.Fatalf("-j %s: exit %d: %s", jobs, code, s.stderr.String())
			}
			if want == nil {
				want = s
			}
			if s.stdout.String() != want.stdout.String() || s.stderr.String() != want.stderr.String() {
				t.Errorf("%v: -j %s gives another output than -j 1", flags, jobs)
			}
		}
	}
}

func TestTerminalInput(t *testing.T) {
	s := newSandbox(rule("a"))
	s.inTerm = true
	if code := s.run([]string{"convert", "-t", "splunk"}); code != exitUsage {
		t.Errorf("exit %d without paths at a terminal", code)
	}
	if !strings.Contains(s.stderr.String(), "there are no rules to read (name files or folders") {
		t.Errorf("stderr: %s", s.stderr.String())
	}
	if code := s.run([]string{"convert", "-t", "splunk", "-"}); code != 0 {
		t.Errorf("exit %d with - at a terminal", code)
	}
}

func TestColour(t *testing.T) {
	text := strings.Replace(rule("a"), "Image:", "Image|wrong:", 1)
	for _, color := range []bool{false, true} {
		s := newSandbox(text)
		s.color = color
		s.run([]string{"check"})
		got := strings.Contains(s.stderr.String(), "\x1b[1;31merror:\x1b[0m") && strings.Contains(s.stderr.String(), "\x1b[1;32m") &&
			strings.HasPrefix(s.stderr.String(), "\x1b[1m-:6:15:\x1b[0m ")
		if got != color || strings.Contains(s.stderr.String(), "\x1b") != color {
			t.Errorf("color %v: %q", color, s.stderr.String())
		}
	}
}

// A failingWriter fails once it has taken some bytes.
type failingWriter struct {
	left int
	err  error
}

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, w.err
	}
	return len(b), nil
}

func TestOutputFails(t *testing.T) {
	files := make(map[string]string)
	for i := range 400 {
		files[fmt.Sprintf("r%d.yml", i)] = rule(strings.Repeat("x", 1000))
	}
	dir := writeRules(t, files)
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.EPIPE, ""},
		{io.ErrShortWrite, "sigmac: cannot write the output: short write\n"},
	} {
		s := newSandbox("")
		s.out = &failingWriter{100_000, c.err}
		if code := s.run([]string{"convert", "-t", "splunk", dir}); code != exitRules {
			t.Errorf("%v: exit %d", c.err, code)
		}
		if s.stderr.String() != c.want {
			t.Errorf("%v: stderr %q, want %q", c.err, s.stderr.String(), c.want)
		}
	}
}

// A file with very many mistakes has the first of them printed and the others
// counted.
func TestManyErrors(t *testing.T) {
	wrong := strings.Replace(rule("a"), "Image:", "Image|wrong:", 1)
	s := newSandbox(strings.Repeat("---\n"+wrong, 9_000))
	if code := s.run([]string{"check"}); code != exitRules {
		t.Fatalf("exit %d", code)
	}
	if n := s.stderr.Len(); n > 2*maxNotes {
		t.Errorf("%d bytes of messages", n)
	}
	text := s.stderr.String()
	if !strings.Contains(text, "more errors and warnings are not shown\n0 of 9000 rules right; 9000 failed\n") {
		t.Errorf("stderr ends with %q", text[len(text)-200:])
	}
}

func TestHugeInput(t *testing.T) {
	s := newSandbox("")
	s.in = io.LimitReader(zeros{}, 1<<40)
	if code := s.run([]string{"check", "-"}); code != exitRules {
		t.Errorf("exit %d", code)
	}
	if !strings.Contains(s.stderr.String(), "[limit]") {
		t.Errorf("stderr: %s", s.stderr.String())
	}
}

// zeros is an endless input.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestTuneMemory(t *testing.T) {
	for _, c := range []struct {
		env            map[string]string
		percent, limit bool
	}{
		{nil, true, true},
		{map[string]string{"GOGC": "off"}, false, true},
		{map[string]string{"GOMEMLIMIT": "1GiB"}, true, false},
	} {
		var percent, limit bool
		tuneMemory(func(k string) (string, bool) { v, ok := c.env[k]; return v, ok },
			func(int) int { percent = true; return 0 }, func(int64) int64 { limit = true; return 0 })
		if percent != c.percent || limit != c.limit {
			t.Errorf("%v: set percent %v, limit %v", c.env, percent, limit)
		}
	}
}
