package evtx

import "fmt"

// The types of values ([MS-EVEN6], 2.2.12, and libevtx for those that only
// files have). The bit list says that there are several, one behind the
// other.
const (
	nullType       = 0x00
	stringType     = 0x01
	ansiType       = 0x02
	int8Type       = 0x03
	uint8Type      = 0x04
	int16Type      = 0x05
	uint16Type     = 0x06
	int32Type      = 0x07
	uint32Type     = 0x08
	int64Type      = 0x09
	uint64Type     = 0x0a
	real32Type     = 0x0b
	real64Type     = 0x0c
	boolType       = 0x0d
	binaryType     = 0x0e
	guidType       = 0x0f
	sizeType       = 0x10
	filetimeType   = 0x11
	systemtimeType = 0x12
	sidType        = 0x13
	hex32Type      = 0x14
	hex64Type      = 0x15
	xmlType        = 0x21

	list = 0x80

	plainText = 0xff // no type of a file: the text of a scalar that lies nowhere in the chunk
)

// widths are the sizes of the types that have one, in bytes.
var widths = [...]int{
	int8Type: 1, uint8Type: 1, int16Type: 2, uint16Type: 2, int32Type: 4, uint32Type: 4, int64Type: 8, uint64Type: 8,
	real32Type: 4, real64Type: 8, boolType: 4, guidType: 16, filetimeType: 8, systemtimeType: 16, hex32Type: 4, hex64Type: 8,
}

func width(kind byte) int {
	if int(kind) < len(widths) {
		return widths[kind]
	}
	return 0
}

// A scalar is a value: where it lies in the chunk, or the text that it is.
type scalar struct {
	kind     byte
	from, to int
	text     string
}

// size bounds the size of a value as JSON, but for escapes.
func (s *scalar) size() int { return 4 + len(s.text) + 3*(s.to-s.from) }

// check returns an error where a value cannot be read.
func (d *Decoder) check(s *scalar) error {
	if !d.within(s.from, s.to) {
		return errBroken
	}
	b := d.chunk[s.from:s.to]
	if s.kind&list == 0 {
		return checkTyped(s.kind, b)
	}
	kind := s.kind &^ list
	for len(b) > 0 {
		n, skip := itemSize(kind, b)
		if n < 0 {
			return fmt.Errorf("the event has a list of values of the unknown type %#x", kind)
		}
		if n+skip == 0 || n+skip > len(b) {
			return errBroken
		}
		if err := checkTyped(kind, b[:n]); err != nil {
			return err
		}
		b = b[n+skip:]
	}
	return nil
}

// itemSize returns the size of the first value of a list, and of what stands
// between it and the next one. It is -1 for a type of which there are no
// lists.
func itemSize(kind byte, b []byte) (n, skip int) {
	switch kind {
	case stringType: // they end with a zero
		for n+1 < len(b) && (b[n] != 0 || b[n+1] != 0) {
			n += 2
		}
		return n, min(2, len(b)-n)
	case ansiType:
		for n < len(b) && b[n] != 0 {
			n++
		}
		return n, min(1, len(b)-n)
	case sidType:
		if len(b) < 8 {
			return 0, 0
		}
		return 8 + 4*int(b[1]), 0
	}
	if n = width(kind); n == 0 {
		return -1, 0
	}
	return n, 0
}

// checkTyped returns an error where a value is not of the size of its type.
func checkTyped(kind byte, b []byte) error {
	switch kind {
	case stringType, ansiType, binaryType:
		return nil
	case sidType:
		if len(b) < 8 || len(b) < 8+4*int(b[1]) {
			return errBroken
		}
		return nil
	case sizeType:
		if len(b) > 8 {
			return errBroken
		}
		return nil
	case boolType: // mostly 4 bytes, but providers differ
		if n := len(b); n == 1 || n == 2 || n == 8 {
			return nil
		}
	}
	switch n := width(kind); {
	case n == 0:
		return fmt.Errorf("the event has a value of the unknown type %#x", kind)
	case n != len(b):
		return fmt.Errorf("the event has a value of type %#x with %d bytes, not %d", kind, len(b), n)
	}
	return nil
}
