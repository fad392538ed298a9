package synth_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A dice writes random rules over few fields and letters, so that their tests
// stand in each other's way.
type dice struct{ *rand.Rand }

func (d dice) one(list ...string) string { return list[d.IntN(len(list))] }

// text returns a short text in quotes, with what languages escape.
func (d dice) text() string {
	s := ""
	for range 1 + d.IntN(4) {
		s += d.one("a", "b", "A", "ab", "k", "S", "é", "ß", `\`, `\\`, " ", "-", "/", "1", "10", ".", "\n", `"`, "'", "%", "*", "?", `\*`, `\?`, "😀")
	}
	b, _ := json.Marshal(s)
	return string(b)
}

func (d dice) number() string {
	return d.one("0", "1", "10", "-1", "1.5", "9007199254740993", "0.1", "1e3")
}

// item returns one detection item.
func (d dice) item() string {
	field := d.one("f", "g", "h.i", "h.j.k")
	switch d.IntN(11) {
	case 0:
		return field + ": " + d.one("null", "''", "true", "false", d.number())
	case 1:
		return field + "|exists: " + d.one("true", "false")
	case 2:
		return field + "|fieldref" + d.one("", "|contains", "|startswith", "|endswith", "|cased", "|neq") + ": " + d.one("f", "g", "h.i")
	case 3:
		return field + "|" + d.one("lt", "lte", "gt", "gte") + ": " + d.number()
	case 4:
		return field + "|re" + d.one("", "|i", "|s", "|m") + ": " + d.expression()
	case 5:
		return field + "|cidr: " + d.one("10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "'::/0'", "'fe80::/10'", "192.168.1.0/31")
	case 6:
		return field + "|windash|contains: " + d.one("' -a'", "'-a -b'", "'/k'")
	case 7:
		return field + "|" + d.one("minute", "hour", "day", "week", "month", "year") + d.one("", "|gt", "|lte") + ": " + d.one("1", "5", "10", "23")
	}
	values := make([]string, 1+d.IntN(4))
	for i := range values {
		values[i] = d.text()
	}
	return field + d.one("", "|contains", "|startswith", "|endswith", "|contains|cased", "|contains|all", "|neq", "|endswith|cased") +
		": [" + strings.Join(values, ", ") + "]"
}

// expression returns a regular expression in quotes.
func (d dice) expression() string {
	s := ""
	for range 1 + d.IntN(4) {
		s += d.one("a", "^", "$", "b+", "[a-c]", "[^b]", ".", ".*", "(?:a|bc)", "k{2,3}", `\d`, `\s?`, `\bx`, `\.`, "(?i)Q", `\w{2}`, "A-")
	}
	return "'" + s + "'"
}

// rule returns the text of a rule.
func (d dice) rule() string {
	var b strings.Builder
	b.WriteString("title: t\nlogsource: {category: test}\ndetection:\n")
	for i := range 3 {
		fmt.Fprintf(&b, "    s%d:\n", i)
		switch d.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "        - %s\n        - %s\n", d.item(), d.item())
		case 1:
			fmt.Fprintf(&b, "        - %s\n        - %s\n", d.text(), d.text())
		case 2:
			fmt.Fprintf(&b, "        '|all': [%s, %s]\n", d.text(), d.text())
		case 3:
			fmt.Fprintf(&b, "        %s\n        %s\n", d.item(), d.item())
		default:
			fmt.Fprintf(&b, "        %s\n", d.item())
		}
	}
	return b.String() + "    condition: " + d.one("s0", "s0 and s1", "s0 or s1", "s0 and not s1", "1 of s*", "all of s*", "not s0", "s0 and not s2",
		"(s0 or s1) and s2", "s0 and (s1 or not s2)", "not (s0 and s1)", "s0 and s1 or s0 and s2") + "\n"
}

// roll makes the events of a random rule and checks them. It returns nil for
// texts that are no rule.
func roll(tb testing.TB, seed uint64) *synth.Set {
	tb.Helper()
	d := dice{rand.New(rand.NewPCG(seed, 0))}
	source, err := sigma.ParseRule("rule.yml", []byte(d.rule()))
	if err != nil {
		return nil
	}
	rule, err := ir.Build(source)
	if err != nil {
		return nil
	}
	set := events(tb, rule, synth.Options{Seed: seed})
	check(tb, set)
	if tb.Failed() {
		tb.Fatalf("seed %d: %s", seed, ir.String(rule.Where[0]))
	}
	return set
}

// TestRandom makes events of random rules. Many of these contradict
// themselves; of the others few may be left without a matching event.
func TestRandom(t *testing.T) {
	n := uint64(200)
	if testing.Short() {
		n = 60
	}
	all, matched := 0, 0
	for seed := range n {
		if set := roll(t, seed); set != nil {
			all++
			if set.Unmatched == nil {
				matched++
			} else if testing.Verbose() {
				t.Logf("seed %d: %s: %v", seed, ir.String(set.Rule.Where[0]), set.Unmatched.Hint)
			}
		}
	}
	t.Logf("%d of %d random rules have a matching event", matched, all)
	if 100*matched < 92*all {
		t.Errorf("%d of %d random rules have a matching event", matched, all)
	}
}

func FuzzRandom(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { roll(t, seed) })
}
