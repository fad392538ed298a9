package events

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/sigma-compiler/sigmac/internal/evtx"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// A format is the form of a stream.
type format uint8

const (
	linesFormat     format = iota // JSON: whole objects on each line
	documentsFormat               // JSON: objects and lists of them over several lines
	csvFormat
	evtxFormat
)

// detect finds out the form of a stream from its head.
func (r *Reader) detect(b *bufio.Reader, head []byte) error {
	if bom := []byte("\ufeff"); bytes.HasPrefix(head, bom) {
		_, _ = b.Discard(len(bom)) // it is in the buffer
		head = head[len(bom):]
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case evtx.IsFile(head):
		return r.startChunks()
	case bytes.HasPrefix(text, []byte("<")):
		return errors.New("XML is not read: events are JSON, CSV or EVTX")
	case bytes.IndexByte(head, 0) >= 0 && !isJSON(text[0]):
		return errors.New("this is neither JSON, CSV nor EVTX")
	case isCSV(text):
		return r.startCSV(head)
	case isDocuments(text):
		r.format, r.splitter = documentsFormat, &documents{at: 1}
	default:
		r.format, r.splitter = linesFormat, &lines{at: 1}
	}
	return nil
}

// isEnough reports whether the first bytes of a stream tell its form.
func isEnough(head []byte) bool {
	first, rest, ok := bytes.Cut(bytes.TrimLeft(head, "\ufeff \t\r\n"), []byte("\n"))
	return ok && (bytes.IndexByte(rest, '\n') >= 0 || isWhole(first))
}

// isWhole reports whether the text is, or begins with, a whole object.
func isWhole(text []byte) bool {
	var j eval.JSON
	_, err := j.Next(text)
	return err == nil
}

// isDocuments reports whether the objects of a JSON text go over several
// lines, stand in a list, or perhaps all on one line. A first line that is
// broken off does not count as that.
func isDocuments(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	if text[0] == '[' {
		return true
	}
	first, rest, ok := bytes.Cut(text, []byte("\n"))
	if text[0] != '{' || ok && isWhole(first) {
		return false
	}
	if !ok {
		return len(text) >= headSize/2 // else it is all there is, or comes slowly
	}
	d := documents{at: 1}
	if spans, _ := d.split(text, false, nil); len(spans) > 0 {
		return isWhole(text[spans[0].from:spans[0].to])
	}
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	return !isWhole(second)
}

// startChunks prepares for an event log: it reads the header.
func (r *Reader) startChunks() error {
	head := make([]byte, evtx.HeaderSize)
	n, err := io.ReadFull(r.in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	r.format = evtxFormat
	return evtx.CheckHeader(head[:n])
}

// nextChunks returns some chunks of an event log as a batch.
func (r *Reader) nextChunks() (*Batch, error) {
	data := make([]byte, 0, batchSize/evtx.ChunkSize*evtx.ChunkSize)
	for r.err == nil && len(data) < cap(data) {
		var n int
		n, r.err = r.in.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
	}
	if len(data) == 0 {
		return nil, r.err
	}
	b := &Batch{format: evtxFormat, data: data, chunk: r.chunk + 1}
	r.chunk += batchSize / evtx.ChunkSize
	return b, nil
}
