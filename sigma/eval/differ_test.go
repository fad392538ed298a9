package eval_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// build makes the rule of a detection, given as the YAML below "detection:".
func build(tb testing.TB, detection string) *ir.Rule {
	tb.Helper()
	text := "title: t\nlogsource:\n  category: test\ndetection:\n  " + strings.ReplaceAll(strings.TrimSpace(detection), "\n", "\n  ") + "\n"
	docs, err := sigma.Parse("rule.yml", []byte(text))
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	r, err := ir.Build(docs[0].(*sigma.Rule))
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return r
}

// truth is what the oracle says of a rule and an event.
func truth(r *ir.Rule, ev oracle.Event) bool {
	for _, x := range r.Where {
		if oracle.Match(x, ev) {
			return true
		}
	}
	return false
}

// compare matches an event with an engine, from JSON and from Go values, and
// with the oracle, and reports where they differ.
func compare(tb testing.TB, e *eval.Engine, event []byte, which []int) {
	tb.Helper()
	ev, err := oracle.Parse(event)
	if err != nil {
		tb.Fatal(err)
	}
	matches, err := e.MatchJSON(event, nil)
	if err != nil {
		tb.Fatalf("%v: %q", err, event)
	}
	again := e.Match(eval.Map(ev), nil)
	if fmt.Sprint(indexes(matches)) != fmt.Sprint(indexes(again)) {
		tb.Fatalf("JSON gives %v, Map gives %v: %q", indexes(matches), indexes(again), event)
	}
	got := map[int]bool{}
	for _, m := range matches {
		got[m.Index] = true
	}
	for _, i := range which {
		if want := truth(e.Rules()[i], ev); got[i] != want {
			tb.Fatalf("the engine says %t, the oracle %t\nevent: %q\nrule: %s", got[i], want, event, whereText(e.Rules()[i]))
		}
	}
}

func indexes(ms []eval.Match) (out []int) {
	for _, m := range ms {
		out = append(out, m.Index)
	}
	return out
}

func whereText(r *ir.Rule) string {
	var parts []string
	for _, x := range r.Where {
		parts = append(parts, ir.String(x))
	}
	return strings.Join(parts, "\n")
}

// A maker makes random rules and events over few letters and names, so that
// they meet.
type maker struct {
	r     *rand.Rand
	soupy bool // rules ask for the names of soupFields
	plain bool // events have few different values
}

func (m *maker) one(list ...string) string { return list[m.r.Intn(len(list))] }

// letters are characters and texts that have twins in case, in width or in the
// number of bytes, and what patterns and numbers are made of. U+FFFD stands
// for bytes that are not UTF-8, too.
var letters = []string{"a", "b", "A", "k", "K", "\u212a", "s", "\u017f", "é", "É", "ß", "ẞ", "σ", "ς", "Σ", "İ", "ı", "i", "I", "𐐀", "𐐨", "e\u0301",
	"\ufffd", "\x00", "-", "/", "\u2013", "\u2015", `\`, `"`, " ", "1", "0", ".", "\n", "ab", "sk", "abc-d", "aaaa", "abcdefgh", "ABCDEFGHI", "*", "?"}

// text returns a text of a few of them.
func (m *maker) text(most int) string {
	var b strings.Builder
	for range m.r.Intn(most + 1) {
		b.WriteString(m.one(letters...))
	}
	return b.String()
}

// pattern returns a text with wildcards and escapes.
func (m *maker) pattern() string {
	var b strings.Builder
	for range 1 + m.r.Intn(3) {
		b.WriteString(m.text(4))
		if m.r.Intn(3) == 0 {
			b.WriteString(m.one("*", "?", "**", `\*`, `\\*`, `*?`, "a*a*a", "*?*", "-?"))
		}
	}
	return b.String()
}

func (m *maker) number() string {
	return m.one("0", "1", "10", "-1", "1.0", "1.5", "01", "9007199254740993", "9007199254740992", "1e2", "100", "0x64", "-0", "0.30000000000000004", "1e400")
}

// expression returns a regular expression.
func (m *maker) expression() string {
	return m.one("a", "^a", "ab?k", "[as]k", "(a|b)s+", "k$", "a.b", "^$", "s{2}", "(?i)K", "a-|/b", ".", "[^a]b", "x*", "É", "(?i:ß)", `\bab`, "aaaa?b", "a{3,}",
		`\x{212a}`, "(ab|sk|é){1,2}", `\x{fffd}`, `[\x00-\x1f]`, `\\`, "(?s)a.b", "σ+", "(a+)+b", `\d`, `^[0-9.]+$`, "")
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// entry returns an item as YAML.
func entry(key, value string) string { return quote(key) + ": " + value }

// field returns the name of a field.
func (m *maker) field() string {
	if m.soupy {
		return m.one(soupFields...)
	}
	return m.one("f", "g", "n.x", "n.y.z", "h")
}

// item returns one detection item as YAML.
func (m *maker) item() string {
	field := m.field()
	switch m.r.Intn(12) {
	case 0:
		return entry(field, m.one("null", "true", "false", "''", m.number(), quote(m.pattern())))
	case 1:
		return entry(field+"|exists", m.one("true", "false"))
	case 2:
		return entry(field+"|fieldref"+m.one("", "|contains", "|startswith", "|endswith", "|neq", "|cased", "|cased|endswith"), quote(m.field()))
	case 3:
		return entry(field+"|"+m.one("lt", "lte", "gt", "gte"), m.one("0", "1", "10", "-1", "1.5", "9007199254740993", "1e400", "-1e-400", "0.30000000000000004"))
	case 4:
		return entry(field+"|re"+m.one("", "|i", "|s", "|m", "|i|s", "|startswith", "|endswith"), quote(m.expression()))
	case 5:
		return entry(field+"|cidr", m.one("10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "'::/0'", "'fe80::/10'", "10.1.2.3/32", "'::ffff:10.0.0.0/104'"))
	case 6:
		return entry(field+"|windash"+m.one("", "|contains", "|endswith"), quote(m.one(" -a", "-k", "a -b -s", "/a", "--a", "-ab /k", "-a*-b", "-?")))
	case 7:
		return entry(field+"|"+m.one("minute", "hour", "day", "week", "month", "year")+m.one("", "|gt", "|lte"), m.one("1", "5", "10", "48"))
	case 8:
		return entry(field+m.one("", "|neq", "|contains"), "["+m.number()+", "+m.number()+", "+quote(m.text(3))+"]")
	}
	values := make([]string, 1+m.r.Intn(3))
	for i := range values {
		values[i] = quote(m.pattern())
	}
	mods := m.one("", "|contains", "|startswith", "|endswith", "|contains|cased", "|cased", "|contains|all", "|neq", "|all", "|endswith|cased", "|base64offset|contains",
		"|wide|base64|contains", "|re|all", "|contains|all|neq", "|startswith|cased|neq")
	switch {
	case strings.Contains(mods, "base64"):
		values = []string{quote(m.one("a", "ab", "abc", "é"))}
	case strings.Contains(mods, "re|"):
		values = []string{quote(m.expression()), quote(m.expression())}
	}
	return entry(field+mods, "["+strings.Join(values, ", ")+"]")
}

// keywords returns a search of the whole event.
func (m *maker) keywords() string {
	switch m.r.Intn(4) {
	case 0:
		return fmt.Sprintf("  - %s\n  - %s\n", quote(m.pattern()), quote(m.text(4)+"a"))
	case 1:
		return fmt.Sprintf("  '|all':\n    - %s\n    - %s\n", quote(m.text(2)+"a"), quote(m.text(2)+"k"))
	case 2:
		return fmt.Sprintf("  '|re%s':\n    - %s\n", m.one("", "|i", "|s"), quote(m.expression()))
	}
	return fmt.Sprintf("  '%s':\n    - %s\n    - %s\n", m.one("|cased", "|contains|cased", "|windash", "|contains|all"), quote(m.one(" -a", "K", "ab")), quote(m.text(2)+"a"))
}

// detection returns a detection of one to three searches and a condition.
func (m *maker) detection() string {
	var b strings.Builder
	for i := range 3 {
		fmt.Fprintf(&b, "s%d:\n", i)
		switch m.r.Intn(6) {
		case 0:
			fmt.Fprintf(&b, "  - %s\n  - %s\n", m.item(), m.item())
		case 1:
			b.WriteString(m.keywords())
		case 2:
			fmt.Fprintf(&b, "  - %s\n  - %s\n", quote(m.text(2)+"a"), m.item())
		case 3:
			first, second := m.item(), m.item()
			for key(first) == key(second) {
				second = m.item()
			}
			fmt.Fprintf(&b, "  %s\n  %s\n", first, second)
		default:
			fmt.Fprintf(&b, "  %s\n", m.item())
		}
	}
	return b.String() + "condition: " + m.one("s0", "s0 and s1", "s0 or s1", "s0 and not s1", "1 of s*", "all of s*", "not s0", "s0 and not 1 of s*",
		"(s0 or s1) and s2", "s0 and (s1 or not s2)", "not (s0 and s1)", "not all of s*")
}

func key(item string) string { k, _, _ := strings.Cut(item, ":"); return k }

// value returns a random value of an event.
func (m *maker) value(depth int) any {
	switch m.r.Intn(14) {
	case 0:
		return nil
	case 1:
		return m.r.Intn(2) == 0
	case 2:
		return json.Number(m.one("0", "1", "10", "-1", "1.0", "1.5", "9007199254740993", "9007199254740992", "1e2", "100", "-0"))
	case 3:
		return m.number()
	case 4:
		return m.one("10.1.2.3", "10.1.2", "fe80::1", "fe80::1%eth0", "::ffff:10.1.2.3", "255.255.255.256", "01.2.3.4", "1.2.3.4")
	case 5:
		return m.one("2024-01-05T10:05:01Z", "2024-11-28 05:10:10.123", "2024-05-01", "2024-12-30T01:01:01+05:00", "2024-13-01")
	case 6:
		if depth > 0 {
			list := make([]any, m.r.Intn(3))
			for i := range list {
				list[i] = m.value(depth - 1)
			}
			return list
		}
	case 7:
		return m.text(20)
	}
	return m.text(5)
}

// rules returns random rules that ir.Build accepts.
func (m *maker) rules(n int) []*ir.Rule {
	var rules []*ir.Rule
	for len(rules) < n {
		text := "title: t\nlogsource:\n  category: test\ndetection:\n  " + strings.ReplaceAll(strings.TrimSpace(m.detection()), "\n", "\n  ") + "\n"
		docs, err := sigma.Parse("rule.yml", []byte(text))
		if err != nil {
			continue
		}
		if r, err := ir.Build(docs[0].(*sigma.Rule)); err == nil {
			rules = append(rules, r)
		}
	}
	return rules
}

// TestRandom compares the engine with the oracle on random rules and events.
func TestRandom(t *testing.T) {
	for seed := range int64(30) {
		checkRandom(t, seed, 40, 25)
	}
}

func checkRandom(tb testing.TB, seed int64, rules, events int) {
	tb.Helper()
	m := &maker{r: rand.New(rand.NewSource(seed)), soupy: seed%2 == 0}
	set := m.rules(rules)
	e, err := eval.Compile(set, eval.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	all := make([]int, len(set))
	for i := range all {
		all[i] = i
	}
	for range events {
		compare(tb, e, m.event(), all)
	}
}

func FuzzRandom(f *testing.F) {
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) { checkRandom(t, seed, 20, 10) })
}

// FuzzMatchJSON compares the engine with the oracle on events of any text, for
// rules of all constructs.
func FuzzMatchJSON(f *testing.F) {
	m := &maker{r: rand.New(rand.NewSource(8)), soupy: true}
	for range 200 {
		f.Add(m.event())
	}
	set := m.rules(100)
	m.soupy = false
	set = append(set, m.rules(100)...)
	e, err := eval.Compile(set, eval.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := oracle.Parse(text); err != nil || len(text) > 4096 {
			return
		}
		h := fnv.New64()
		h.Write(text)
		r := rand.New(rand.NewSource(int64(h.Sum64())))
		which := make([]int, 20)
		for i := range which {
			which[i] = r.Intn(len(set))
		}
		compare(t, e, text, which)
	})
}
