package splunkread_test

import (
	"encoding/json"
	"errors"
	"math/rand"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A writer makes rules at random, out of what is easily written wrong.
type writer struct{ r *rand.Rand }

func (w *writer) pick(choices ...string) string { return choices[w.r.Intn(len(choices))] }

func (w *writer) expr(depth int) ir.Expr {
	if depth == 0 || w.r.Intn(3) == 0 {
		return w.leaf()
	}
	switch w.r.Intn(4) {
	case 0:
		return &ir.Not{X: w.expr(depth - 1)}
	case 1:
		return &ir.Named{Name: "sel", X: w.expr(depth - 1)}
	}
	parts := make([]ir.Expr, 2+w.r.Intn(2))
	for i := range parts {
		parts[i] = w.expr(depth - 1)
	}
	if w.r.Intn(2) == 0 {
		return ir.And(parts)
	}
	return ir.Or(parts)
}

func (w *writer) leaf() ir.Expr {
	if w.r.Intn(12) == 0 {
		star := ir.Element{Kind: ir.Star}
		p := append([]ir.Element{star}, w.pattern()...)
		return &ir.Keyword{Test: &ir.Text{Pattern: ir.NewPattern(append(p, star)...), Cased: w.r.Intn(3) == 0}}
	}
	field := w.pick("a", "b", "c", "d.e", "f-g", "h i", "5j", "AND", "k|l", `m"n`)
	if w.r.Intn(4) > 0 {
		return &ir.Match{Field: field, Test: w.test()}
	}
	tests := make([]ir.Test, 2+w.r.Intn(3))
	for i := range tests {
		tests[i] = w.test()
	}
	if w.r.Intn(3) == 0 {
		return &ir.Match{Field: field, Test: ir.AllTests(tests...)}
	}
	return &ir.Match{Field: field, Test: ir.AnyTest(tests...)}
}

func (w *writer) test() ir.Test {
	switch w.r.Intn(14) {
	case 0:
		return &ir.Compare{Op: ir.Op(w.r.Intn(5)), Number: ir.Number(w.pick("0", "10", "-5", "2.5", "123456789012345678901"))}
	case 1:
		return &ir.CIDR{Prefix: netip.MustParsePrefix(w.pick("10.0.0.0/8", "192.168.1.128/25", "fe80::/10", "::1/128"))}
	case 2:
		return &ir.Bool{Value: w.r.Intn(2) == 0}
	case 3:
		return &ir.Null{}
	case 4:
		return &ir.FieldRef{Field: w.pick("a", "b", "c", "d.e", "f-g"), Shape: ir.Shape(w.r.Intn(4)), Cased: w.r.Intn(3) == 0}
	case 5, 6:
		return w.regexp()
	}
	if w.r.Intn(6) == 0 {
		return &ir.Text{Pattern: ir.Plain(w.pick("", "5", "-1.0", "10.0.0.0/8", "fe80::/10", "true", "%", "_")), Cased: w.r.Intn(2) == 0}
	}
	return &ir.Text{Pattern: ir.NewPattern(w.pattern()...), Cased: w.r.Intn(3) == 0}
}

func (w *writer) pattern() []ir.Element {
	out := make([]ir.Element, w.r.Intn(5))
	for i := range out {
		switch w.r.Intn(6) {
		case 0, 1:
			out[i].Kind = ir.Star
		case 2:
			out[i].Kind = ir.Question
			if w.r.Intn(3) == 0 {
				out[i].Kind = ir.Dash
			}
		default:
			out[i].Text = w.text()
		}
	}
	return out
}

func (w *writer) text() string {
	var b strings.Builder
	for range 1 + w.r.Intn(4) {
		b.WriteString(w.pick("a", "B", "x", "5", `\`, `\\`, `"`, `'`, "*", "?", "%", "_", "|", "[", "]", "(", ")", "=", "<", "!", ",", " ", "^", "$",
			".", "+", "{", "}", "-", "/", "#", "`", "é", "漢", "\n", "\t", "\r", "\x01", "10.0.0.0/8", "AND", "NOT ", `\|`, `\"`, `\n`, "--", "%20", "~"))
	}
	return b.String()
}

func (w *writer) regexp() ir.Test {
	var b strings.Builder
	b.WriteString(w.pick("", "", "^", "(?i)"))
	for range 1 + w.r.Intn(4) {
		b.WriteString(w.pick("a", "B", ".", ".*", `\d+`, `\w`, `[^a]`, `[\\/]`, `\\`, `\.`, `\|`, "|", `"`, `\"`, "(a|b)", "(?:x)?", "a{2}", `\b`, " ", `'`, `\$`,
			`\t`, `\n`, "é", `\x41`, `[]a"]`, `[a\]b]`, `\Qa.b\E`, "%", "$HOME", "`", `\/`, `[[:alpha:]]`, `[|]`, `\^`, `\-`, `[\d-]`, `\x5c`, "]", "}"))
	}
	b.WriteString(w.pick("", "", "$"))
	t := &ir.Regexp{Source: b.String(), IgnoreCase: w.r.Intn(3) == 0, DotMatchesLine: w.r.Intn(5) == 0, MultiLine: w.r.Intn(8) == 0}
	if t.Parse() != nil || t.Tree == nil {
		return &ir.Text{Pattern: ir.Plain("a")}
	}
	return t
}

// checkSeed makes a rule, writes it, reads the query back in every reading and
// compares both on events made of the rule. It reports whether there was a
// query.
func checkSeed(t *testing.T, c *backends.Compiler, seed int64) bool {
	w := &writer{rand.New(rand.NewSource(seed))}
	rule := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{w.expr(2)}}
	res, err := c.Rule(rule)
	if err != nil {
		return false
	}
	query := res.Queries[0].Text
	m := &maker{r: w.r}
	events := m.events(rule, 12)
	seen := map[string]bool{}
	for _, r := range splunkread.Readings() {
		q, err := r.Read(query, readback.Options{})
		if err != nil {
			t.Errorf("seed %d, %+v: %v\n%s", seed, r, err, query)
			continue
		}
		meaning := readback.Meaning(q.Where)
		if text := ir.String(meaning); seen[text] {
			continue
		} else {
			seen[text] = true
		}
		session := compile(t, []*ir.Rule{rule, {Source: rule.Source, Where: []ir.Expr{meaning}}})
		for _, event := range events {
			if agree(t, session, event) || agree(t, session, calmed(t, r, event)) {
				continue
			}
			t.Errorf("seed %d, %+v\nrule  %s\nquery %s\nevent %s", seed, r, ir.String(rule.Where[0]), query, event)
			return true
		}
	}
	return true
}

// agree reports whether both rules of a session match an event, or neither.
func agree(t *testing.T, s *eval.Session, event []byte) bool { return len(matching(t, s, event)) != 1 }

// calmed returns an event in which no difference lies in the language.
func calmed(t *testing.T, r splunkread.Reading, event []byte) []byte {
	e, err := oracle.Parse(event)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range classes {
		if c.in(r) {
			c.calm(e)
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPrintRead writes and reads back rules made at random.
func TestPrintRead(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "splunk"})
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for seed := range int64(1000) {
		if checkSeed(t, c, seed) {
			written++
		}
	}
	t.Logf("%d rules were written", written)
	if written < 700 {
		t.Error("too few")
	}
}

// FuzzPrintRead is TestPrintRead without end.
func FuzzPrintRead(f *testing.F) {
	c, err := backends.New(backends.Options{Target: "splunk"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) { checkSeed(t, c, seed) })
}

// FuzzRead checks that reading any text ends, without a panic, in a tree or an
// error whose offset is in the text.
func FuzzRead(f *testing.F) {
	for _, c := range readCases {
		f.Add(c.query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, r := range splunkread.Readings() {
			q, err := r.Read(query, readback.Options{})
			if err == nil {
				readback.Meaning(q.Where)
				continue
			}
			var e *readback.Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(query) || e.Msg == "" || !utf8.ValidString(e.Msg) && utf8.ValidString(query) {
				t.Errorf("%q: %#v", query, err)
			}
		}
	})
}
