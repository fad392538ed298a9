package backends_test

import (
	"errors"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
)

const regexpRule = `title: Case
logsource: {product: windows}
detection:
    sel: {f|re: 'a+b?'}
    condition: sel
`

// TestNewCopies shows that a compiler is immutable: its settings are not
// those of the caller's map.
func TestNewCopies(t *testing.T) {
	settings := map[string]string{"widen": "true"}
	c, err := backends.New(backends.Options{Target: "splunk", Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	settings["widen"] = "false"
	rule, err := sigma.ParseRule("rule.yml", []byte("title: Case\nlogsource: {product: windows}\ndetection:\n    sel: {f: 'a?'}\n    condition: sel\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Compile(rule)
	if err != nil {
		t.Fatal(err)
	}
	if want := `f="a*"`; r.Queries[0].Text != want {
		t.Errorf("got %s, want %s", r.Queries[0].Text, want)
	}
}

// TestUnsupported shows that a modifier that a language has nothing for is an
// error that programs can tell (M2).
func TestUnsupported(t *testing.T) {
	rule, err := sigma.ParseRule("rule.yml", []byte(regexpRule))
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]bool{"kql": true, "splunk": false, "kusto": false} {
		_, err := compiler(t, target, nil).Compile(rule)
		if errors.Is(err, sigma.Unsupported) != want || (err != nil) != want {
			t.Errorf("M2, %s: %v, want an error: %t", target, err, want)
		}
	}
	for _, doc := range []sigma.Document{&sigma.Correlation{}, &sigma.Filter{}} {
		if _, err := compiler(t, "splunk", nil).Compile(doc); !errors.Is(err, sigma.Unsupported) {
			t.Errorf("%T: %v, want an unsupported document", doc, err)
		}
	}
}
