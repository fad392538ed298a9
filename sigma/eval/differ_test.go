package eval_test

import (
	"encoding/json"
	"fmt"
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
		tb.Fatalf("%v: %s", err, event)
	}
	again := e.Match(eval.Map(ev), nil)
	if fmt.Sprint(indexes(matches)) != fmt.Sprint(indexes(again)) {
		tb.Fatalf("JSON gives %v, Map gives %v: %s", indexes(matches), indexes(again), event)
	}
	got := map[int]bool{}
	for _, m := range matches {
		got[m.Index] = true
	}
	for _, i := range which {
		if want := truth(e.Rules()[i], ev); got[i] != want {
			tb.Fatalf("the engine says %t, the oracle %t\nevent: %s\nrule: %s", got[i], want, event, whereText(e.Rules()[i]))
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

// A maker makes random rules and events over few letters, so that they meet.
type maker struct{ r *rand.Rand }

func (m *maker) one(list ...string) string { return list[m.r.Intn(len(list))] }

// text returns a text whose letters have twins in case and width.
func (m *maker) text(most int) string {
	letters := []string{"a", "b", "A", "k", "K", "\u212a", "s", "\u017f", "é", "É", "ß", "-", "/", "\u2013", "\u2015", `\`, " ", "1", "0", ".", "\n", "ab", "sk", "abc-d"}
	var b strings.Builder
	for range m.r.Intn(most + 1) {
		b.WriteString(letters[m.r.Intn(len(letters))])
	}
	return b.String()
}

// pattern returns a text with wildcards and escapes.
func (m *maker) pattern() string {
	var b strings.Builder
	for range 1 + m.r.Intn(3) {
		b.WriteString(m.text(4))
		if m.r.Intn(3) == 0 {
			b.WriteString(m.one("*", "?", "**", `\*`, `\\*`, `*?`))
		}
	}
	return b.String()
}

func (m *maker) number() string {
	return m.one("0", "1", "10", "-1", "1.0", "1.5", "01", "9007199254740993", "9007199254740992", "1e2", "100", "0x64", "-0")
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// item returns one detection item as YAML.
func (m *maker) item() string {
	field := m.one("f", "g", "n.x", "n.y.z", "h")
	switch m.r.Intn(12) {
	case 0:
		return field + ": " + m.one("null", "true", "false", "''", m.number(), quote(m.pattern()))
	case 1:
		return field + "|exists: " + m.one("true", "false")
	case 2:
		return field + "|fieldref" + m.one("", "|contains", "|startswith", "|endswith", "|neq", "|cased") + ": " + m.one("f", "g", "h", "n.x")
	case 3:
		return field + "|" + m.one("lt", "lte", "gt", "gte") + ": " + m.one("0", "1", "10", "-1", "1.5", "9007199254740993")
	case 4:
		return field + "|re" + m.one("", "|i", "|s", "|m", "|i|s") + ": " + quote(m.one("a", "^a", "ab?k", "[as]k", "(a|b)s+", "k$", "a.b", "^$", "s{2}", "(?i)K", "a-|/b", ".", "[^a]b", "x*"))
	case 5:
		return field + "|cidr: " + m.one("10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "'::/0'", "'fe80::/10'", "10.1.2.3/32")
	case 6:
		return field + "|windash" + m.one("", "|contains", "|endswith") + ": " + quote(m.one(" -a", "-k", "a -b -s", "/a", "--a", "-ab /k"))
	case 7:
		return field + "|" + m.one("minute", "hour", "day", "week", "month", "year") + m.one("", "|gt", "|lte") + ": " + m.one("1", "5", "10", "48")
	}
	values := make([]string, 1+m.r.Intn(3))
	for i := range values {
		values[i] = quote(m.pattern())
	}
	mods := m.one("", "|contains", "|startswith", "|endswith", "|contains|cased", "|cased", "|contains|all", "|neq", "|all", "|endswith|cased", "|base64offset|contains", "|wide|base64|contains")
	if strings.Contains(mods, "base64") {
		values = []string{quote(m.one("a", "ab", "abc", "é"))}
	}
	return field + mods + ": [" + strings.Join(values, ", ") + "]"
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
			fmt.Fprintf(&b, "  - %s\n  - %s\n", quote(m.pattern()), quote(m.text(4)+"a"))
		case 2:
			fmt.Fprintf(&b, "  '|all':\n    - %s\n    - %s\n", quote(m.text(2)+"a"), quote(m.text(2)+"k"))
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

// event returns a random event. Fields that rules ask for are no objects.
func (m *maker) event() []byte {
	ev := map[string]any{}
	for _, name := range []string{"f", "g", "h", "n.x", "n.y.z", "other"} {
		if m.r.Intn(3) > 0 {
			ev[name] = m.value(2)
		}
	}
	nested := map[string]any{}
	if m.r.Intn(2) == 0 {
		nested["x"] = m.value(1)
	}
	switch m.r.Intn(4) {
	case 0:
		nested["y"] = map[string]any{"z": m.value(1)}
	case 1:
		nested["y.z"] = m.value(1)
	case 2:
		ev["n.y"] = map[string]any{"z": m.value(0)}
	}
	if m.r.Intn(2) == 0 {
		ev["n"] = nested
	}
	text, _ := json.Marshal(ev)
	return text
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
	for seed := range int64(60) {
		checkRandom(t, seed, 40, 25)
	}
}

func checkRandom(tb testing.TB, seed int64, rules, events int) {
	tb.Helper()
	m := &maker{rand.New(rand.NewSource(seed))}
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
