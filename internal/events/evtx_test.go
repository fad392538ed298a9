package events

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/evtx"
	"github.com/sigma-compiler/sigmac/internal/shared"
)

// someLog returns an event log of one chunk with one record.
func someLog(t *testing.T) []byte {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq", "regression_data"), "rules/windows/process_creation/*/*.evtx"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d logs, error %v", len(logs), err)
	}
	data, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	return data[:evtx.HeaderSize+evtx.ChunkSize]
}

// places returns a sign for each event of a log and the place of each problem.
func places(t *testing.T, log []byte) string {
	t.Helper()
	r, err := NewReader(bytes.NewReader(log))
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	var d Decoder
	var got []string
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(got, " ")
		}
		if err != nil {
			return strings.Join(append(got, err.Error()), " ")
		}
		d.Each(b, func(*Event) { got = append(got, "+") }, func(p Problem) { got = append(got, fmt.Sprintf("%d/%d", p.Chunk, p.Record)) })
	}
}

// TestDamagedLogs has logs of several chunks with damage: the place is said,
// and the rest is read.
func TestDamagedLogs(t *testing.T) {
	log := someLog(t)
	head, chunk := log[:evtx.HeaderSize], log[evtx.HeaderSize:]
	change := func(at int, b byte) []byte {
		c := bytes.Clone(chunk)
		c[at] = b
		return c
	}
	number := chunk[512+8]
	unused := make([]byte, evtx.ChunkSize)
	broken := change(512+24+4, 0x3f)
	for _, c := range []struct {
		name, want string
		parts      [][]byte
	}{
		{"whole", "+ + + + + +", [][]byte{head, chunk, chunk, chunk, chunk, chunk, chunk}},
		{"unused chunks", "+ +", [][]byte{head, chunk, unused, chunk, unused}},
		{"broken record", fmt.Sprintf("+ 2/%d + + + 6/%d +", number, number), [][]byte{head, chunk, broken, chunk, chunk, chunk, broken, chunk}},
		{"no header of a chunk", "+ 2/0 + +", [][]byte{head, chunk, change(0, 0), chunk}},
		{"no record", "+ 2/0 +", [][]byte{head, chunk, change(512, 0), chunk}},
		{"cut off in a chunk", "+ 2/0 +", [][]byte{head, chunk, chunk[:40000]}},
		{"cut off in the header of a chunk", "+ 2/0", [][]byte{head, chunk, chunk[:100]}},
		{"cut off in a record", "+ 2/0 2/0", [][]byte{head, chunk, chunk[:512+200]}},
		{"header alone", "", [][]byte{head}},
		{"cut off in the header", "the header of the event log is cut off", [][]byte{head[:50]}},
		{"garbage behind", "+ 2/0", [][]byte{head, chunk, []byte(strings.Repeat("garbage ", 100))}},
	} {
		if got := places(t, bytes.Join(c.parts, nil)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestBrokenOffLog reads a compressed log that ends too soon, where a chunk
// ends: the error is not lost.
func TestBrokenOffLog(t *testing.T) {
	log := someLog(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(log); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := places(t, packed.Bytes()); got != "+ unexpected EOF" {
		t.Errorf("%q", got)
	}
}
