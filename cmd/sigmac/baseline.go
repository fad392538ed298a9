package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A baseline is the findings that are known: they do not fail a run. Without a
// file it is nil.
type baseline struct {
	path    string
	entries map[string]baselineEntry // by fingerprint
	renew   bool                     // it is to be written with what this run finds
}

// A baselineEntry is a finding in the file. All but the fingerprint is for
// people, and says which files and targets the entry is about.
type baselineEntry struct {
	File        string `yaml:"file"` // of the finding
	Input       string `yaml:"input,omitempty"`
	Line        string `yaml:"line,omitempty"` // its text
	Code        string `yaml:"code"`
	Target      string `yaml:"target,omitempty"`
	Message     string `yaml:"message"`
	Fingerprint string `yaml:"fingerprint"`
}

// A baselineFile is what the file has.
type baselineFile struct {
	Version  int             `yaml:"version"`
	Findings []baselineEntry `yaml:"findings"`
}

const baselineVersion = 1

// maxBaseline is how long a file of known findings may be, in bytes.
const maxBaseline = 64 << 20

const baselineHead = `# Findings that are known, and do not fail a run of sigmac with this file as
# --baseline. --write-baseline wrote it; without an entry its finding counts again.
`

// readBaseline reads the file. One that is to be written need not be there.
func readBaseline(path string, renew bool) (*baseline, error) {
	if path == "" {
		return nil, nil
	}
	b := &baseline{path: path, renew: renew, entries: make(map[string]baselineEntry)}
	text, err := readBounded(path, maxBaseline)
	if errors.Is(err, fs.ErrNotExist) {
		if renew {
			return b, nil
		}
		return nil, usage("to begin with one, add --write-baseline", "there is no baseline %q", path)
	}
	if err != nil {
		return nil, &failure{exitConfig, fmt.Errorf("cannot read the baseline: %w", err)}
	}
	if err := b.parse(text); err != nil {
		e := &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: path}}, Code: sigma.BadYAML, Msg: "the baseline cannot be used: " + err.Error(), Hint: "write it anew by --write-baseline"}
		return nil, &failure{exitConfig, e}
	}
	return b, nil
}

// readBounded reads a file that must not be longer than so many bytes.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s is longer than %d MiB", path, most>>20)
	}
	return text, err
}

func (b *baseline) parse(text []byte) (err error) {
	defer func() {
		if v := recover(); v != nil { // a panic of the YAML library
			err = fmt.Errorf("yaml: %v", v)
		}
	}()
	var file baselineFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if file.Version != baselineVersion {
		return fmt.Errorf("version is %d; this program knows %d", file.Version, baselineVersion)
	}
	for _, e := range file.Findings {
		if e.Fingerprint == "" {
			return fmt.Errorf("the finding %q of %q has no fingerprint", e.Message, e.File)
		}
		b.entries[e.Fingerprint] = e
	}
	return nil
}

// has reports whether a finding is known.
func (b *baseline) has(is *issue) bool {
	if b == nil {
		return false
	}
	_, ok := b.entries[is.print]
	return ok || b.renew && is.kind != kindSkipped
}

// finishBaseline says how many findings were known and which entries are stale,
// or writes the file anew.
func (r *reporting) finishBaseline(note func(string, ...any)) error {
	b := r.baseline
	if b == nil {
		return nil
	}
	known, stale := r.compareBaseline()
	if !b.renew {
		note("%s in %s", count(known, "known finding is", "known findings are"), b.path)
		if stale > 0 {
			note("%s; --write-baseline leaves it out", count(stale, "entry of it no longer occurs", "entries of it no longer occur"))
		}
		return nil
	}
	for _, is := range r.issues {
		if is.kind != kindSkipped {
			b.entries[is.print] = is.entry()
		}
	}
	if err := b.write(); err != nil {
		return &failure{exitUsage, fmt.Errorf("cannot write the baseline: %w", err)}
	}
	note("%s in %s, %s left out", count(len(b.entries), "finding is", "findings are"), b.path, count(stale, "stale one", "stale ones"))
	return nil
}

// compareBaseline counts the findings that are known, and drops and counts the
// entries that no longer occur.
func (r *reporting) compareBaseline() (known, stale int) {
	found := make(map[string]bool)
	for _, is := range r.issues {
		found[is.print] = true
		if is.known && is.kind != kindSkipped {
			known++
		}
	}
	for print, e := range r.baseline.entries {
		if !found[print] && r.about(e) {
			stale++
			delete(r.baseline.entries, print)
		}
	}
	return known, stale
}

// about reports whether this run would have found what an entry says, if it
// were still so: it looked at the file, or the file is gone.
func (r *reporting) about(e baselineEntry) bool {
	if !r.names[e.Target] {
		return false
	}
	input := cmp.Or(e.Input, e.File)
	if r.inputs[input] {
		return true
	}
	_, err := os.Stat(filepath.Join(r.folder, filepath.FromSlash(input)))
	return errors.Is(err, fs.ErrNotExist)
}

// entry returns what the file says of an issue.
func (is *issue) entry() baselineEntry {
	e := baselineEntry{File: is.file, Line: is.source, Code: string(is.code), Target: is.target, Message: is.text, Fingerprint: is.print}
	if is.input != is.file {
		e.Input = is.input
	}
	return e
}

// write writes the file, sorted, so that the same findings are the same bytes.
func (b *baseline) write() error {
	file := baselineFile{Version: baselineVersion, Findings: []baselineEntry{}}
	for _, e := range b.entries {
		file.Findings = append(file.Findings, e)
	}
	slices.SortFunc(file.Findings, func(x, y baselineEntry) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Fingerprint, y.Fingerprint))
	})
	return writeWhole(b.path, func(w io.Writer) error {
		if _, err := io.WriteString(w, baselineHead); err != nil {
			return err
		}
		e := yaml.NewEncoder(w)
		e.SetIndent(2)
		return errors.Join(e.Encode(file), e.Close())
	})
}
