package synth

import (
	"strings"
	"unicode"
)

// sameFold reports whether two characters differ in case only (V2).
func sameFold(r, s rune) bool {
	for f := unicode.SimpleFold(r); ; f = unicode.SimpleFold(f) {
		if f == s {
			return true
		}
		if f == r {
			return r == s
		}
	}
}

// swapCase turns small letters to capitals and capitals to small ones. Letters
// whose other case is no single letter stay.
func swapCase(s string) string { return strings.Map(swapRune, s) }

func swapRune(r rune) rune {
	for _, other := range [...]rune{unicode.ToUpper(r), unicode.ToLower(r)} {
		if other != r && sameFold(r, other) {
			return other
		}
	}
	return r
}

// twins are characters that fold to ASCII letters.
var twins = strings.NewReplacer("k", "\u212a", "K", "\u212a", "s", "\u017f", "S", "\u017f")
