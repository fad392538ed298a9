package luceneregexp

import "testing"

// TestEffort compares estimates with what OpenSearch 2.19 refuses: it makes
// automata of more than MaxEffort for none of these.
func TestEffort(t *testing.T) {
	for source, refused := range map[string]bool{
		`.*abc.*`:               false,
		`.*[^ ]{200}.*`:         false,
		`.*[^ ]{1000,}.*`:       true,
		`.*a[^ ]{6,64}b c.*`:    true,
		`.*a[^ab]{6,64}b c.*`:   false, // no second a within the repetition
		`a.{1,900}b`:            false, // the beginning is known
		`.*a.{12}`:              false,
		`.*a.{20}`:              true,
		`.*(a|b)&~(.*c.*).*`:    false,
		`(`:                     false, // Lucene does not read it
		`.*[a-cx-z]{5}[b-y]{9}`: false,
	} {
		if got := Effort(source, MaxEffort); got > MaxEffort != refused {
			t.Errorf("%s: %d, refused %t", source, got, refused)
		}
	}
}

// BenchmarkEffort gives up on an expression that takes more than most.
func BenchmarkEffort(b *testing.B) {
	for range b.N {
		Effort(`.*(Copy-Item|cpi) [^ ]{2,128} -Destination [^ ]{1,32}\\Windows\\Sys(tem32|WOW64).*`, MaxEffort)
	}
}
