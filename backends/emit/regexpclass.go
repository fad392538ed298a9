package emit

import (
	"unicode"
	"unicode/utf8"
)

// foldClosed reports whether a class holds each ASCII letter in both cases or
// in neither.
func foldClosed(ranges []rune) bool {
	for c := 'a'; c <= 'z'; c++ {
		if inRanges(ranges, c) != inRanges(ranges, c-0x20) {
			return false
		}
	}
	return true
}

func inRanges(ranges []rune, r rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

func asciiLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

// foldRanges returns the class of a letter in its cases. An ASCII letter has
// two: the Kelvin sign and the long s, which fold to k and s, are no spelling
// that a log holds.
func foldRanges(r rune) []rune {
	if lower := unicode.ToLower(r); lower < utf8.RuneSelf {
		upper := unicode.ToUpper(lower)
		return []rune{lower, lower, upper, upper}
	}
	ranges := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		ranges = append(ranges, f, f)
	}
	return ranges
}

// withoutSpace returns ordered ranges without the white space that \s means;
// false where they do not have all of it.
func withoutSpace(ranges []rune) ([]rune, bool) {
	out, found := make([]rune, 0, len(ranges)), 0
	for i := 0; i < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		for _, s := range [...][2]rune{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}} {
			if lo > s[0] || hi < s[1] {
				continue
			}
			found++
			if lo < s[0] {
				out = append(out, lo, s[0]-1)
			}
			lo = s[1] + 1
		}
		if lo <= hi {
			out = append(out, lo, hi)
		}
	}
	return out, found == 3
}

// complement returns the ranges between ordered ranges, of which the last
// ends with the last character.
func complement(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if next < ranges[i] {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	return out
}
