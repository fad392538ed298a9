package events

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// The bounds of what is held of a stream, in bytes.
const (
	MaxRecord = 16 << 20 // of one event as it is written

	batchSize = 256 << 10
	headSize  = 64 << 10 // of what the form is found out from
	maxWindow = 64 << 20 // of what zstd must remember
)

// A Batch is a run of whole events of a stream.
type Batch struct {
	format format
	data   []byte
	spans  []span
	header *header // of CSV
	chunk  int     // the number of the first chunk of an event log, from 1
}

// A span is where one event stands in a batch, or where none can be read.
type span struct {
	from, to int
	line     int    // on which it begins, from 1
	bad      string // why there is none
}

// A splitter finds the events in a text.
type splitter interface {
	// split appends the events that stand whole in data, and returns how many
	// bytes these and what lies between them have. last says that nothing
	// follows data.
	split(data []byte, last bool, spans []span) ([]span, int)

	// skip leaves out data, a part of an event that is too long, and reports
	// up to where; all of data where the event goes on.
	skip(data []byte) (n int, done bool)

	// tooLong returns the span of an event, at which the next split would
	// begin, that is too long.
	tooLong() span
}

// A Reader cuts a stream into batches.
type Reader struct {
	in       io.Reader
	closers  []func()
	format   format
	header   *header
	splitter splitter
	rest     []byte // read, but not in a batch yet
	whole    int    // bytes of rest that have no end of an event in them
	skipping bool
	ended    bool  // the last event was cut off
	chunk    int   // how many chunks of an event log were read
	err      error // what ended the stream
}

// NewReader returns a reader of a stream, whose form it finds out. The error
// says that the stream cannot be read at all.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{}
	if err := r.start(in); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) start(in io.Reader) error {
	b, err := r.unwrap(in)
	if err != nil {
		return err
	}
	head, err := peek(b)
	if err != nil {
		return err
	}
	r.in = b
	return r.detect(b, head)
}

// peek returns the first bytes of a stream: as many as come at once, and at
// least a line that is a whole event, or two lines. More of a slow stream is
// not waited for. An error comes again when the stream is read behind them.
func peek(b *bufio.Reader) ([]byte, error) {
	for n := 1; ; n++ {
		_, err := b.Peek(n)
		if n = b.Buffered(); n == 0 && err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if head, _ := b.Peek(n); err != nil || n >= headSize || isEnough(head) {
			return head, nil
		}
	}
}

// Close ends the use of the reader. It does not close what it read from.
func (r *Reader) Close() {
	for _, f := range r.closers {
		f()
	}
}

// Next returns the next batch. The error is io.EOF at the end.
func (r *Reader) Next() (*Batch, error) {
	if r.format == evtxFormat {
		return r.nextChunks()
	}
	for {
		if b := r.cut(); b != nil {
			return b, nil
		}
		if r.err != nil {
			return nil, r.err
		}
		r.fill()
	}
}

// fill reads on. Of a long event that is not complete it doubles what there
// is, so that it is not searched again and again for its end.
func (r *Reader) fill() {
	have := len(r.rest)
	size := max(batchSize, 2*have)
	if cap(r.rest) < size {
		r.rest = append(make([]byte, 0, size), r.rest...)
	}
	most := have + 1
	if r.whole > headSize {
		most = 2 * r.whole
	}
	for r.err == nil && len(r.rest) < most {
		var n int
		n, r.err = r.in.Read(r.rest[len(r.rest):size])
		r.rest = r.rest[:len(r.rest)+n]
	}
}

// cut returns a batch of the events that were read whole, or nil.
func (r *Reader) cut() *Batch {
	if r.skipping {
		n, done := r.splitter.skip(r.rest)
		r.rest, r.skipping, r.whole = r.rest[n:], !done, 0
		if !done {
			return nil
		}
	}
	if r.err == nil && len(r.rest) == r.whole || r.ended {
		return nil
	}
	r.ended = r.err != nil
	spans, n := r.splitter.split(r.rest, r.err != nil, nil)
	data := r.rest[:n:n]
	if r.whole = len(r.rest) - n; r.whole > MaxRecord {
		spans = append(spans, r.splitter.tooLong())
		r.skipping = true
	}
	r.rest = append([]byte(nil), r.rest[n:]...)
	if r.err != nil {
		r.rest = nil
	}
	if len(spans) == 0 {
		return nil
	}
	return &Batch{format: r.format, data: data, spans: spans, header: r.header}
}

// tooLong says why an event is left out.
var tooLong = fmt.Sprintf("the event is longer than %d MiB and is left out", MaxRecord>>20)
