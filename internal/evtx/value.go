package evtx

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

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
)

// widths are the sizes of the types that have one, in bytes.
var widths = map[byte]int{
	int8Type: 1, uint8Type: 1, int16Type: 2, uint16Type: 2, int32Type: 4, uint32Type: 4, int64Type: 8, uint64Type: 8,
	real32Type: 4, real64Type: 8, boolType: 4, guidType: 16, filetimeType: 8, systemtimeType: 16, hex32Type: 4, hex64Type: 8,
}

// A scalar is a value as text.
type scalar struct {
	text    string
	literal bool     // a number or a boolean of JSON
	list    []scalar // several values, in place of one
}

func (s *scalar) size() int {
	n := len(s.text) + 4
	for i := range s.list {
		n += s.list[i].size()
	}
	return n
}

// value reads a value.
func (d *Decoder) value(s substitute) (scalar, error) {
	if !d.within(s.from, s.to) {
		return scalar{}, errBroken
	}
	b := d.chunk[s.from:s.to]
	if s.kind&list != 0 {
		return readList(s.kind&^list, b)
	}
	return read(s.kind, b)
}

// readList reads several values of one type. Strings end with a zero.
func readList(kind byte, b []byte) (scalar, error) {
	s := scalar{list: []scalar{}}
	if kind == stringType {
		text := strings.TrimSuffix(string(utf8From(b)), "\x00")
		for one := range strings.SplitSeq(text, "\x00") {
			s.list = append(s.list, scalar{text: one})
		}
		return s, nil
	}
	width := widths[kind]
	if width == 0 {
		return scalar{}, fmt.Errorf("the event has a list of values of the unknown type %#x", kind)
	}
	for ; len(b) >= width; b = b[width:] {
		one, err := read(kind, b[:width])
		if err != nil {
			return scalar{}, err
		}
		s.list = append(s.list, one)
	}
	return s, nil
}

// read reads one value.
func read(kind byte, b []byte) (scalar, error) {
	if width := widths[kind]; width != 0 && len(b) != width {
		return scalar{}, fmt.Errorf("the event has a value of type %#x with %d bytes, not %d", kind, len(b), width)
	}
	switch kind {
	case stringType:
		return scalar{text: decodeUTF16(b)}, nil
	case ansiType:
		return scalar{text: decodeANSI(b)}, nil
	case int8Type, int16Type, int32Type, int64Type:
		return scalar{text: strconv.FormatInt(signed(b), 10), literal: true}, nil
	case uint8Type, uint16Type, uint32Type, uint64Type:
		return scalar{text: strconv.FormatUint(unsigned(b), 10), literal: true}, nil
	case real32Type:
		return real(float64(math.Float32frombits(uint32(unsigned(b)))), 32), nil
	case real64Type:
		return real(math.Float64frombits(unsigned(b)), 64), nil
	case boolType:
		return scalar{text: strconv.FormatBool(unsigned(b) != 0), literal: true}, nil
	case binaryType:
		return scalar{text: strings.ToUpper(hex.EncodeToString(b))}, nil
	case guidType:
		return scalar{text: guid(b)}, nil
	case sizeType, hex32Type, hex64Type:
		if len(b) > 8 {
			return scalar{}, errBroken
		}
		return scalar{text: "0x" + strconv.FormatUint(unsigned(b), 16)}, nil
	case filetimeType:
		return scalar{text: filetime(unsigned(b))}, nil
	case systemtimeType:
		return scalar{text: systemtime(b)}, nil
	case sidType:
		return sid(b)
	}
	return scalar{}, fmt.Errorf("the event has a value of the unknown type %#x", kind)
}

// unsigned reads a number of at most eight bytes.
func unsigned(b []byte) uint64 {
	var all [8]byte
	copy(all[:], b)
	return binary.LittleEndian.Uint64(all[:])
}

func signed(b []byte) int64 {
	unused := 64 - 8*len(b)
	return int64(unsigned(b)<<unused) >> unused
}

// real returns a number of JSON where there is one.
func real(x float64, bits int) scalar {
	text := strconv.FormatFloat(x, 'g', -1, bits)
	return scalar{text: text, literal: !math.IsNaN(x) && !math.IsInf(x, 0)}
}

// guid writes a GUID as Windows does.
func guid(b []byte) string {
	return fmt.Sprintf("{%08x-%04x-%04x-%04x-%012x}", binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]),
		binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:16])
}

// timeLayout is the form of a time in an event's XML.
const timeLayout = "2006-01-02T15:04:05.0000000Z"

// filetime writes a number of 100 nanoseconds since the year 1601.
func filetime(n uint64) string {
	const second = 10_000_000
	epoch := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return time.Unix(epoch+int64(n/second), int64(n%second)*100).UTC().Format(timeLayout)
}

// systemtime writes the parts of a date: year, month, day of the week, day,
// hour, minute, second and millisecond, of two bytes each.
func systemtime(b []byte) string {
	at := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	return time.Date(at(0), time.Month(at(1)), at(3), at(4), at(5), at(6), at(7)*int(time.Millisecond), time.UTC).Format(timeLayout)
}

// sid writes a security identifier ([MS-DTYP], 2.4.2).
func sid(b []byte) (scalar, error) {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return scalar{}, errBroken
	}
	var authority uint64
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	text := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := range int(b[1]) {
		text += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(b[8+4*i:])), 10)
	}
	return scalar{text: text}, nil
}

// decodeUTF16 reads a string up to the zeros that end it. Half surrogate pairs
// become U+FFFD.
func decodeUTF16(b []byte) string { return strings.TrimRight(string(utf8From(b)), "\x00") }

func utf8From(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if pair := utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b[i+2:]))); pair != utf8.RuneError {
				r = pair
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// decodeANSI reads a string of a code page that the file does not name: bytes
// that are not ASCII are read as Latin-1.
func decodeANSI(b []byte) string {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return strings.TrimRight(string(out), "\x00")
}
