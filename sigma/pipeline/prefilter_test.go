package pipeline

import (
	"regexp"
	"testing"
)

// FuzzMatcher compares expressions with and without their literal.
func FuzzMatcher(f *testing.F) {
	for _, source := range []string{
		`\A(?:(?i).*temp)`, `(?i)ks`, `a+b|ab`, `(abc)+x?`, `(?i)HKLM\\`, `x*abc`, `(?:ab){2,3}`, `(?i:k)elvin`, `^\\\\`, `ä+bc`, `(?i)straße`, `[a]bc`, `()`, `(?s).*`,
	} {
		for _, text := range []string{"", "temp", `C:\TeMp\x`, "ſ", "K\u212as", "\u212aS", "ab", "aab", "abcabc", "ABC", `hklm\a`, "äbc", "kelvin \u212aelvin", "STRASSE straße", "\n"} {
			f.Add(source, text)
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		re, err := regexp.Compile(source)
		if err != nil {
			t.Skip()
		}
		m := newMatcher(re)
		if got, want := m.MatchString(text), re.MatchString(text); got != want {
			t.Errorf("%q on %q: %t, want %t (it needs %q, fold %t)", source, text, got, want, m.need, m.fold)
		}
	})
}
