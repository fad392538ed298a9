package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"sync/atomic"
)

// An outputDir is the folder of -d: the tree of the rules, one file a rule.
// It is safe for concurrent use. The operating system keeps all files inside,
// whatever their names and whatever links are there.
type outputDir struct {
	root   *os.Root
	path   string   // as messages print it
	stems  []string // of all inputs, sorted and folded
	folder bool     // each target has a folder of its own
	ext    string   // behind that of the target
	temp   atomic.Int64
}

// openDir creates the folder where it does not exist.
func openDir(name string, ins []input, several, json bool) (*outputDir, error) {
	if err := os.MkdirAll(name, 0o777); err != nil {
		return nil, usage("", "cannot create the output folder: %v", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, usage("", "cannot open the output folder: %v", err)
	}
	d := &outputDir{root: root, path: name, stems: stems(ins), folder: several}
	if json {
		d.ext = ".json"
	}
	return d, nil
}

// name returns the file for a document: that of the rule's file with the
// target as extension. The documents of a file with several have their number
// behind the name, and as many underscores as it takes to be no other file's.
func (d *outputDir) name(t *target, stem string, number int) string {
	if number > 0 {
		stem += "_" + strconv.Itoa(number)
		for d.taken(stem) {
			stem += "_"
		}
	}
	if d.folder {
		stem = path.Join(t.name, stem)
	}
	return stem + t.ext + d.ext
}

func (d *outputDir) taken(stem string) bool {
	_, found := slices.BinarySearch(d.stems, fold(stem))
	return found
}

// write writes a document's file. It appears, or replaces an older one, when
// it is complete.
func (d *outputDir) write(t *target, stem string, number int, text []byte) error {
	name := d.name(t, stem, number)
	if err := d.replace(name, text); err != nil {
		return fmt.Errorf("cannot write %s: %w", path.Join(d.path, name), err)
	}
	return nil
}

func (d *outputDir) replace(name string, text []byte) error {
	temp := path.Join(path.Dir(name), fmt.Sprintf(".sigmac-%d-%d", os.Getpid(), d.temp.Add(1)))
	err := d.root.WriteFile(temp, text, 0o666)
	if errors.Is(err, fs.ErrNotExist) { // most folders are there already
		if err = d.root.MkdirAll(path.Dir(name), 0o777); err == nil {
			err = d.root.WriteFile(temp, text, 0o666)
		}
	}
	if err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		_ = d.root.Remove(temp) // it may not exist
	}
	return err
}

// close ends the use of the folder.
func (d *outputDir) close() error { return d.root.Close() }
