package splunk

import (
	"strings"
	"testing"
)

func TestConfText(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", " a \n": "a", "a\r\nb\rc\u2028d": "a\nb\nc\nd", "# a\n[b]\nc = d": "# a\n[b]\nc = d", `"a" $b$ %c% 'd'`: `"a" $b$ %c% 'd'`,
		"a\x00b\x1bc": "a\ufffdb\ufffdc [1]", "a\xffb": "a\ufffdb [1]", `a\`: `a\. [1]`, "a\\\u00a0": `a\. [1]`, "a\\\nb": "a\\ \nb [1]", "\n\n": "",
	} {
		got, changed := confText(text)
		if got += strings.Repeat(" [1]", len(changed)); got != want {
			t.Errorf("%q: %q %q, want %q", text, got, changed, want)
		}
		if exact, err := confExact(text); (err == nil) != (len(changed) == 0 && !strings.ContainsAny(text, "\r\u2028")) {
			t.Errorf("%q: exactly %q, %v", text, exact, err)
		}
	}
}

func TestConfName(t *testing.T) {
	for text, want := range map[string]string{
		"A title: with # ; = % / \"x\"": "A title: with # ; = % / \"x\"", " a ": "a", "a\nb": "a b [1]", "a [b] c]": "a (b) c) [1]", "[": "( [1]",
		"a\\": "a [1]", "\\": "rule [1] [1]", "Default": "Rule Default [1]", "": "rule [1]", "a\x00\n]": "a\ufffd ) [1] [1] [1]", "\xff": "\ufffd [1]",
	} {
		got, changed := confName(text)
		if got += strings.Repeat(" [1]", len(changed)); got != want {
			t.Errorf("%q: %q %q, want %q", text, got, changed, want)
		}
	}
}

func TestClauseEnd(t *testing.T) {
	for text, want := range map[string]int{
		"a=1": 3, "a=1 | where x": 4, `a="|" | b`: 6, `a="\"|" | b`: 8, "a=[x | y] | z": 10, "`m(\"|\")` | z": 9, "| tstats": 0,
		`a="`: -1, "a=[": -1, "a=]": -1, "`m": -1, `a="\`: -1, `a='|'`: 3,
	} {
		if got := clauseEnd(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
