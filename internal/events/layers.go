package events

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
)

// maxLayers is how often a stream may be compressed.
const maxLayers = 4

// Unwrap returns the text of a stream that may be compressed, as UTF-8, and
// what to call when it was read.
func Unwrap(in io.Reader) (text *bufio.Reader, done func(), err error) {
	r := &Reader{}
	text, err = r.unwrap(in)
	if err != nil {
		r.Close()
		return nil, nil, err
	}
	return text, r.Close, nil
}

// unwrap returns the stream below its compression as UTF-8.
func (r *Reader) unwrap(in io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(in, headSize)
	for range maxLayers {
		inner, err := r.decompress(b)
		if err != nil {
			return nil, err
		}
		if inner == nil {
			return decode(b), nil
		}
		b = bufio.NewReaderSize(inner, headSize)
	}
	return nil, fmt.Errorf("it is compressed more than %d times", maxLayers-1)
}

// decompress returns what is compressed, or nil where nothing is.
func (r *Reader) decompress(b *bufio.Reader) (io.Reader, error) {
	magic, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("cannot decompress gzip: %w", err)
		}
		return z, nil
	case isZstd(magic):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("cannot decompress zstd: %w", err)
		}
		r.closers = append(r.closers, z.Close)
		return z, nil
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return nil, errors.New("this is a zip archive: unpack it first")
	case bytes.HasPrefix(magic, []byte("\xfd7zX")), bytes.HasPrefix(magic, []byte("BZh")):
		return nil, errors.New("it is compressed by xz or bzip2: decompress it first; gzip and zstd are read")
	}
	return nil, nil
}

// isZstd reports whether a frame of zstd begins, or one that it skips (RFC
// 8878, 3.1).
func isZstd(magic []byte) bool {
	if len(magic) < 4 {
		return false
	}
	n := binary.LittleEndian.Uint32(magic)
	return n == 0xfd2fb528 || n&^0xf == 0x184d2a50
}

// decode returns a text as UTF-8. PowerShell writes UTF-16 with a mark, other
// programs without one: then the first character of a JSON text tells.
func decode(b *bufio.Reader) *bufio.Reader {
	order := unicode.LittleEndian
	switch mark, _ := b.Peek(2); {
	case len(mark) < 2:
		return b
	case mark[0] == 0xff && mark[1] == 0xfe, isJSON(mark[0]) && mark[1] == 0:
	case mark[0] == 0xfe && mark[1] == 0xff, mark[0] == 0 && isJSON(mark[1]):
		order = unicode.BigEndian
	default:
		return b
	}
	return bufio.NewReaderSize(unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(b), headSize)
}

// isJSON reports whether a text that begins so is taken for JSON.
func isJSON(c byte) bool { return c == '{' || c == '[' }
