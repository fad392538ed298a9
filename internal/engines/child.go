package engines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// The limits of what a child may take. They are wide, for a machine with much
// else to do: what exceeds them hangs.
const (
	startLimit = 5 * time.Minute
	loadLimit  = 5 * time.Minute

	// QueryLimit is how long an engine may take for one query.
	QueryLimit = time.Minute
)

// errTimeout says that a child was killed because it took too long.
var errTimeout = errors.New("no answer in time")

// A child is a process that answers each line of JSON with a line of JSON. It
// ends when its standard input does, so that it does not outlive the test.
// What it writes that does not begin with a brace is passed over.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr tail
	killed atomic.Bool // by a time limit
	once   sync.Once
}

// startChild starts a process and reads its greeting, a line of JSON, into
// greeting.
func startChild(cmd *exec.Cmd, greeting any) (*child, error) {
	c := &child{cmd: cmd}
	cmd.Stderr = &c.stderr
	var err error
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c.out = bufio.NewReaderSize(out, 1<<16)
	if err := c.within(startLimit, func() error { return c.read(greeting) }); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// ask sends a request and reads its answer. Where that takes too long the
// process is killed and the error is errTimeout. After any error the child is
// of no more use.
func (c *child) ask(limit time.Duration, request, answer any) error {
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	return c.within(limit, func() error {
		if _, err := c.in.Write(append(line, '\n')); err != nil {
			return err
		}
		return c.read(answer)
	})
}

// within runs f, which reads or writes, and kills the process after that time.
func (c *child) within(limit time.Duration, f func() error) error {
	timer := time.AfterFunc(limit, func() {
		c.killed.Store(true)
		_ = c.cmd.Process.Kill()
	})
	defer timer.Stop()
	err := f()
	if err == nil {
		return nil
	}
	c.stop()
	if c.killed.Load() {
		return errTimeout
	}
	return fmt.Errorf("%s ended: %w%s", c.cmd.Path, err, c.stderr.String())
}

// read reads lines up to the next one of JSON, and that into answer.
func (c *child) read(answer any) error {
	for {
		line, err := c.out.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' {
			return json.Unmarshal(line, answer)
		}
		if err != nil {
			return err
		}
	}
}

// stop ends the process: by closing its input, and by force where it does not
// end by itself. How it ended does not matter, only that it did.
func (c *child) stop() {
	c.once.Do(func() {
		_ = c.in.Close()
		timer := time.AfterFunc(5*time.Second, func() { _ = c.cmd.Process.Kill() })
		defer timer.Stop()
		_, _ = io.Copy(io.Discard, c.out) // the process may have to write before it can end
		_ = c.cmd.Wait()
	})
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - 4096; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// String returns what was written last, on lines of its own.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := bytes.TrimSpace(t.text); len(text) > 0 {
		return "\n" + string(text)
	}
	return ""
}
