package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
)

// fileNames are the files of events by their numbers. Those of earlier runs are
// known, too: their events may lie in windows that are still open.
type fileNames struct {
	First int      `json:"first"` // the number of the first name
	Names []string `json:"names"`
}

// maxNames is how many names are kept. Those of the earliest files go.
const maxNames = 1 << 16

// add adds a file and returns its number.
func (n *fileNames) add(name string) int {
	if len(n.Names) == maxNames {
		n.First++
		n.Names = n.Names[1:]
	}
	n.Names = append(n.Names, name)
	return n.First + len(n.Names) - 1
}

// of returns the name of a file, "" where it is not kept any more.
func (n *fileNames) of(number int) string {
	if i := number - n.First; i >= 0 && i < len(n.Names) {
		return n.Names[i]
	}
	return ""
}

// A stateHeader is the first line of a state. What the correlator saved
// follows.
type stateHeader struct {
	State string    `json:"state"`
	Files fileNames `json:"files"`
}

const stateOf = "sigmac eval 1"

// load reads the state, where there is one.
func (c *correlating) load() error {
	if c.state == "" {
		return nil
	}
	f, err := os.Open(c.state)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &failure{exitConfig, fmt.Errorf("cannot read the state: %w", err)}
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := c.restore(bufio.NewReader(f)); err != nil {
		return &failure{exitConfig, fmt.Errorf("%s: %w; delete it to begin anew", printable(c.state), err)}
	}
	c.before = c.Stats()
	return nil
}

func (c *correlating) restore(r *bufio.Reader) error {
	line, err := r.ReadBytes('\n')
	h := stateHeader{}
	if err != nil || json.Unmarshal(line, &h) != nil || h.State != stateOf || h.Files.First < 0 || len(h.Files.Names) > maxNames {
		return fmt.Errorf("%w: it is no state of this program", correlate.ErrState)
	}
	c.names = h.Files
	return c.Restore(r)
}

// save writes the state, where one is wanted.
func (c *correlating) save() error {
	if c.state == "" {
		return nil
	}
	return writeWhole(c.state, func(w io.Writer) error {
		if err := json.NewEncoder(w).Encode(stateHeader{stateOf, c.names}); err != nil {
			return err
		}
		return c.Save(w)
	})
}

// writeWhole writes a file so that it is there whole or as it was before.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // fails where it was renamed
	err = errors.Join(write(f), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
