package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"os"
	"path/filepath"
)

// stateDir is the folder beside the packs that has what builds remember.
const stateDir = ".sigmac"

// A state is what a build remembers of a pack, to see whether there is anything
// to do.
type state struct {
	Base  digest            // of what all queries depend on
	Key   digest            // of all that the pack depends on
	Reads map[string]digest // files that pipelines read
	Files []stored          // of the folder, the manifest among them
	Summary
}

// A stored is a file of a pack as it was written.
type stored struct {
	Path    string
	Size    int64
	ModTime int64 // nanoseconds
	Sum     digest
}

// load reads what store and write wrote. It returns false where that is absent or
// damaged.
func load(path string, v any) bool {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size {
		return false
	}
	sum := sha256.Sum256(data[sha256.Size:])
	if !bytes.Equal(sum[:], data[:sha256.Size]) {
		return false
	}
	return gob.NewDecoder(bytes.NewReader(data[sha256.Size:])).Decode(v) == nil
}

// store writes a value for load. It appears as a whole.
func (s *store) store(path string, v any) error {
	temp := ahead(path)
	err := s.write(temp, v)
	if err == nil {
		err = s.disk.Rename(temp, path)
	}
	if err != nil {
		_ = s.disk.RemoveAll(temp) // it may not be there
	}
	return err
}

// write writes a value for load.
func (s *store) write(path string, v any) error {
	b := bytes.NewBuffer(make([]byte, sha256.Size))
	if err := gob.NewEncoder(b).Encode(v); err != nil {
		return err
	}
	data := b.Bytes()
	sum := sha256.Sum256(data[sha256.Size:])
	copy(data, sum[:])
	return s.disk.WriteFile(path, data)
}

// ahead returns where a file is written before it takes its place.
func ahead(path string) string {
	return filepath.Join(filepath.Dir(path), newPrefix+filepath.Base(path))
}
