package eval

import (
	"bytes"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// appendNumber appends the number that a text is in the spelling of
// ir.Number, so that equal numbers are equal texts (V9). It reports false
// where the text is no number. Decimal numbers without an exponent, and
// hexadecimal ones of 64 bits, cost no allocation.
func appendNumber(dst, text []byte) ([]byte, bool) {
	s := text
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	whole := digitsFrom(s, 0)
	end := whole
	if whole > 0 && whole < len(s) && s[whole] == '.' {
		end = digitsFrom(s, whole+1)
	}
	if whole == 0 || end < len(s) || len(text) > 64 {
		return appendOddNumber(dst, text)
	}
	zeros := 0
	for zeros < whole-1 && s[zeros] == '0' {
		zeros++
	}
	if end > whole {
		for s[end-1] == '0' {
			end--
		}
		if s[end-1] == '.' {
			end--
		}
	}
	s = s[zeros:end]
	if len(s) < len(text) && text[0] == '-' && string(s) != "0" {
		dst = append(dst, '-')
	}
	return append(dst, s...), true
}

// appendOddNumber is appendNumber for the less common spellings.
func appendOddNumber(dst, text []byte) ([]byte, bool) {
	for _, c := range text {
		if strings.IndexByte("0123456789abcdefABCDEFxo+-.", c) < 0 {
			return dst, false
		}
	}
	if len(text) > 2 && len(text) <= 18 && text[0] == '0' && text[1] == 'x' {
		if n, ok := hexNumber(text[2:]); ok {
			return strconv.AppendUint(dst, n, 10), true
		}
	}
	n, ok := ir.ParseNumber(string(text))
	return append(dst, n...), ok
}

func hexNumber(digits []byte) (n uint64, ok bool) {
	for _, c := range digits {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		n = n<<4 | uint64(c)
	}
	return n, true
}

// compareNumbers compares two numbers in the spelling of ir.Number.
func compareNumbers(a []byte, b ir.Number) int {
	negA, negB := a[0] == '-', b[0] == '-'
	switch {
	case negA && !negB:
		return -1
	case negB && !negA:
		return 1
	case negA:
		return -comparePlain(a[1:], b[1:])
	}
	return comparePlain(a, b)
}

// comparePlain compares two numbers without sign.
func comparePlain(a []byte, b ir.Number) int {
	pa, pb := bytes.IndexByte(a, '.'), strings.IndexByte(string(b), '.')
	if pa < 0 {
		pa = len(a)
	}
	if pb < 0 {
		pb = len(b)
	}
	if pa != pb {
		if pa < pb {
			return -1
		}
		return 1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	switch {
	case len(a) < len(b):
		return -1
	case len(a) > len(b):
		return 1
	}
	return 0
}

// holds reports whether an operator accepts the outcome of a comparison.
func holds(op ir.Op, cmp int) bool {
	switch op {
	case ir.Lt:
		return cmp < 0
	case ir.Lte:
		return cmp <= 0
	case ir.Gt:
		return cmp > 0
	case ir.Gte:
		return cmp >= 0
	}
	return cmp == 0
}

// parseAddr reads an IPv4 or IPv6 address as netip.ParseAddr does. Only an
// IPv6 address costs an allocation.
func parseAddr(s []byte) (netip.Addr, bool) {
	if len(s) < 2 || len(s) > math.MaxUint8 {
		return netip.Addr{}, false
	}
	if bytes.IndexByte(s, ':') >= 0 {
		return parseAddr6(s)
	}
	var quad [4]byte
	for i := range quad {
		if i > 0 {
			if len(s) == 0 || s[0] != '.' {
				return netip.Addr{}, false
			}
			s = s[1:]
		}
		n, size := 0, 0
		for size < len(s) && size < 4 && s[size]-'0' < 10 {
			n = 10*n + int(s[size]-'0')
			size++
		}
		if size == 0 || n > 255 || size > 1 && s[0] == '0' {
			return netip.Addr{}, false
		}
		quad[i], s = byte(n), s[size:]
	}
	if len(s) > 0 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4(quad), true
}

func parseAddr6(s []byte) (netip.Addr, bool) {
	for _, c := range s {
		if c == '%' {
			break
		}
		if c != ':' && c != '.' && c-'0' >= 10 && c|0x20-'a' >= 6 {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(string(s))
	return addr, err == nil
}
