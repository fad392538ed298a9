package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// epoch is the time of all files of archives: the earliest that a zip has.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// archive makes one file of several, the same whenever and wherever it is made.
func archive(kind string, files []emit.File) ([]byte, error) {
	if kind == "zip" {
		return zipped(files)
	}
	return tarred(files)
}

func zipped(files []emit.File) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: epoch}
		h.SetMode(0o644)
		to, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

func tarred(files []emit.File) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b) // its header has neither a name nor a time
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Size: int64(len(f.Data)), Mode: 0o644, ModTime: epoch}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}
