package evtx

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// isLiteral reports whether a value is a number or a boolean of JSON.
func isLiteral(kind byte, b []byte) bool {
	switch kind {
	case real32Type, real64Type:
		x := readReal(kind, b)
		return !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	return kind >= int8Type && kind <= boolType
}

// plain returns a value as text.
func (d *Decoder) plain(s *scalar) string {
	switch b := d.chunk[s.from:s.to]; {
	case s.kind == plainText:
		return s.text
	case s.kind == stringType:
		return d.wide(s.from, s.to)
	case s.kind&list == 0:
		return string(appendPlain(nil, s.kind, b))
	}
	return string(d.appendScalar(nil, s))
}

// appendPlain appends a value as text.
func appendPlain(dst []byte, kind byte, b []byte) []byte {
	switch kind {
	case stringType:
		return append(dst, decodeUTF16(b)...)
	case ansiType:
		return appendANSI(dst, b)
	case int8Type, int16Type, int32Type, int64Type:
		return strconv.AppendInt(dst, signed(b), 10)
	case uint8Type, uint16Type, uint32Type, uint64Type:
		return strconv.AppendUint(dst, unsigned(b), 10)
	case real32Type:
		return strconv.AppendFloat(dst, readReal(kind, b), 'g', -1, 32)
	case real64Type:
		return strconv.AppendFloat(dst, readReal(kind, b), 'g', -1, 64)
	case boolType:
		return strconv.AppendBool(dst, unsigned(b) != 0)
	case binaryType:
		return appendHex(dst, b, upper)
	case guidType:
		return appendGUID(dst, b)
	case sizeType, hex32Type, hex64Type:
		return strconv.AppendUint(append(dst, "0x"...), unsigned(b), 16)
	case filetimeType:
		return appendFiletime(dst, unsigned(b))
	case systemtimeType:
		return appendSystemtime(dst, b)
	case sidType:
		return appendSID(dst, b)
	}
	return dst // there are no others: see checkTyped
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

func readReal(kind byte, b []byte) float64 {
	if kind == real32Type {
		return float64(math.Float32frombits(uint32(unsigned(b))))
	}
	return math.Float64frombits(unsigned(b))
}

const (
	upper = "0123456789ABCDEF"
	lower = "0123456789abcdef"
)

func appendHex(dst, b []byte, digits string) []byte {
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// appendGUID writes a GUID as Windows does.
func appendGUID(dst, b []byte) []byte {
	dst = appendHex(append(dst, '{'), []byte{b[3], b[2], b[1], b[0]}, lower)
	dst = appendHex(append(dst, '-'), []byte{b[5], b[4]}, lower)
	dst = appendHex(append(dst, '-'), []byte{b[7], b[6]}, lower)
	dst = appendHex(append(dst, '-'), b[8:10], lower)
	return append(appendHex(append(dst, '-'), b[10:16], lower), '}')
}

// timeLayout is the form of a time in an event's XML.
const timeLayout = "2006-01-02T15:04:05.0000000Z"

// appendFiletime writes a number of 100 nanoseconds since the year 1601.
func appendFiletime(dst []byte, n uint64) []byte {
	const second = 10_000_000
	epoch := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return time.Unix(epoch+int64(n/second), int64(n%second)*100).UTC().AppendFormat(dst, timeLayout)
}

// appendSystemtime writes the parts of a date: year, month, day of the week,
// day, hour, minute, second and millisecond, of two bytes each.
func appendSystemtime(dst, b []byte) []byte {
	at := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	when := time.Date(at(0), time.Month(at(1)), at(3), at(4), at(5), at(6), at(7)*int(time.Millisecond), time.UTC)
	return when.AppendFormat(dst, timeLayout)
}

// appendSID writes a security identifier ([MS-DTYP], 2.4.2).
func appendSID(dst, b []byte) []byte {
	var authority uint64
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	dst = strconv.AppendUint(append(dst, "S-"...), uint64(b[0]), 10)
	dst = strconv.AppendUint(append(dst, '-'), authority, 10)
	for i := range int(b[1]) {
		dst = strconv.AppendUint(append(dst, '-'), uint64(binary.LittleEndian.Uint32(b[8+4*i:])), 10)
	}
	return dst
}

// appendANSI reads a string of a code page that the file does not name: bytes
// that are not ASCII are read as Latin-1.
func appendANSI(dst, b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
