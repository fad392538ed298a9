package eval_test

import (
	"fmt"
	"math"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/internal/filler"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/backtrack"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// hostileRules have what an event could be made for: patterns that nearly
// match everywhere, expressions, fields that are compared, every value read
// as a number, an address, a date and a keyword.
func hostileRules(t *testing.T) []*ir.Rule {
	m := &maker{r: rand.New(rand.NewSource(3)), soupy: true}
	set := m.rules(40)
	for _, detection := range []string{
		"s:\n  f|contains: ['aaaaaaaaab', 'aaaab', 'a?aaab', 'aaaa*aaab', 'a?b*a?c']\ncondition: s",
		"s:\n  f: ['a*a*a*a*a*b?c', '*a?a?a?a?a?a?b', '*aaaaaaaaaaaaaaaa?aaaaaaaaaaaaaaaab*', '*?*?*?*?*b']\ncondition: s",
		"s:\n  - '*a*a*a*b?c'\n  - 'aaaaaaaa?aaaaaaaac'\ncondition: s",
		"s:\n  f|windash|contains: [' -a -b -c -d -e', '-a*-b*-c']\ncondition: s",
		"s:\n  f|re: ['(a+)+b', '(a|aa)+$', '^(a?){50}a{50}$', '(x+x+)+y']\ncondition: s",
		"s:\n  '|re': ['(a+)+b', '(.*)(.*)(.*)c']\ncondition: s",
		"s:\n  f|re: '(?=a)(a|a)*b'\ncondition: s",
		"s:\n  '|re': '(?=a)(a|a)*b'\ncondition: s",
		"s:\n  f|gt: 5\n  g|lt: -1e300\ncondition: s",
		"s:\n  f|cidr: ['10.0.0.0/8', '10.1.0.0/16', 'fe80::/10', '::/1']\ncondition: s",
		"s:\n  f|hour: 5\n  f|week: 7\ncondition: s",
		"a:\n  f|fieldref: g\nb:\n  f|fieldref|contains: g\nc:\n  f|fieldref|startswith|cased: g\nd:\n  f|fieldref|endswith: g\ncondition: 1 of them",
		"s:\n  a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p: 1\n  n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n: 1\ncondition: s",
		"s:\n  Provider_Name: x\n  Data|contains: y\n  NewValue: z\ncondition: 1 of s*",
		"s:\n  f|contains: ['aab', 'a?aab']\n  g|re: '(a+)+$'\nt:\n  f|fieldref|contains: g\n  n.n.n.n: 1\nu:\n  - aaab\n  - x1y\ncondition: s and not t and u",
	} {
		set = append(set, build(t, detection))
	}
	return set
}

// hostileEvents returns events of about n bytes or elements.
func hostileEvents(n int) map[string]string {
	rep := strings.Repeat
	list := func(format string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(parts, ",")
	}
	return map[string]string{
		"large values":             `{"f":"` + rep("a", 10*n) + `","g":"` + rep("a", 10*n) + `"}`,
		"escapes":                  `{"f":"` + rep(`\u0061`, n) + `","g":"` + rep(`\\`, n) + `"}`,
		"not UTF-8":                `{"f":"` + rep("\xff", 5*n) + `","g":"` + rep("\xc3a", n) + `"}`,
		"surrogates":               `{"f":"` + rep(`\ud83d`, n) + `"}`,
		"characters of four bytes": `{"f":"` + rep("𐐀", n) + `"}`,
		"nearly what globs want":   `{"f":"` + rep("aaaaaaaaaaaaaaaa?aaaaaaaaaaaaaaaa", n/10) + `"}`,
		"dashes":                   `{"f":"` + rep(" -a /b", n) + `"}`,
		"lines":                    `{"f":"` + rep(`\n`, n) + `"}`,
		"fields":                   `{` + list(`"f%d":"v"`) + `}`,
		"fields with spaces":       `{` + list(`"New Va lue%d":"v"`) + `}`,
		"one field again":          `{` + rep(`"f":"x","n":{"x":1},"g":{"f":2},`, n) + `"f":"y"}`,
		"values":                   `{"f":[` + list(`%d`) + `],"g":[` + list(`-%d`) + `]}`,
		"texts":                    `{"f":[` + list(`"x%dy"`) + `],"g":[` + list(`"z%d"`) + `]}`,
		"equal values":             `{"f":[` + rep(`"aaab",`, n) + `"a"],"g":[` + rep(`"b",`, n) + `"a"]}`,
		"addresses":                `{"f":[` + list(`"fe81::%d"`) + `]}`,
		"dates":                    `{"f":[` + list(`"2024-01-05T07:05:01.%dZ"`) + `]}`,
		"a long date":              `{"f":"2024-01-05T05:05:01.` + rep("0", n) + `Z"}`,
		"a long number":            `{"f":` + rep("9", n) + `,"g":-1e400,"h":1e999999999}`,
		"exponents":                `{"f":[` + list(`1.%de399`) + `],"g":[` + list(`1%de-399`) + `]}`,
		"empty lists":              `{"f":[` + rep(`[],`, n) + `[]],"g":[` + rep(`{},`, n) + `{}]}`,
		"deep":                     rep(`{"n":`, eval.MaxDepth) + `{"x":1}` + rep(`}`, eval.MaxDepth),
		"deep lists":               `{"f":` + rep(`[`, eval.MaxDepth-1) + `1` + rep(`]`, eval.MaxDepth-1) + `}`,
		"wide and deep":            rep(`{"n":{"x":1,"n.n":{"n":1}},"n":`, eval.MaxDepth-2) + `1` + rep(`}`, eval.MaxDepth-2),
		"a long name":              `{"` + rep("f.", n) + `":{"` + rep("x ", n) + `":1},"` + rep(`\u0061`, n) + `":{}}`,
		"a deep Windows event":     `{"System":` + rep(`{"Provider":`, eval.MaxDepth-2) + `{}` + rep(`}`, eval.MaxDepth-2) + `}`,
		"data elements":            `{"EventData":{"Data":[` + list(`{"@Name":"NewValue","#text":"%d"}`) + `]}}`,
		"a data element of texts":  `{"EventData":{"Data":{"#text":[` + list(`"%d"`) + `],"@Name":[` + list(`"NewValue%d"`) + `]}}}`,
		"attributes":               `{"System":{"Provider":[` + list(`{"Name":"%d","#attributes":{"Name":"y"}}`) + `]}}`,
		"ways to a name":           `{` + rep(`"a.b":{"c.d":{"e":1}},"a":{"b.c":{"d.e":1}},`, n) + `"a":{"b":{"c":1}}}`,
		"better and better names":  `{"n":{"n":{"n":{"n":{"n":[` + list(`%d`) + `]}}}},"n.n":{"n.n":{"n":[` + list(`%d`) + `]}},"n.n.n.n.n":1}`,
	}
}

// TestHostile matches events that are made to be slow, large or deep. What
// takes a time that grows with the square of the event takes minutes here.
func TestHostile(t *testing.T) {
	e, err := eval.Compile(hostileRules(t), eval.Options{Regexp: backtrack.New})
	if err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	for name, text := range hostileEvents(hostileSize) {
		t.Run(name, func(t *testing.T) {
			ms, err := s.MatchJSON([]byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			matched := slices.ContainsFunc(ms, func(m eval.Match) bool { return m.Index == len(e.Rules())-1 })
			x, err := eval.Explain(e.Rules()[len(e.Rules())-1], parsed(t, text), eval.Options{})
			if err != nil || x.Matched != matched {
				t.Errorf("the explanation says %v, %v", x, err)
			}
		})
	}
	if _, err := s.MatchJSON([]byte(`{"a":`+strings.Repeat("[", eval.MaxDepth)), nil); err == nil {
		t.Error("too many levels are accepted")
	}
}

// TestReferMany compares two fields of more values than are compared one by
// one with the oracle.
func TestReferMany(t *testing.T) {
	m := &maker{r: rand.New(rand.NewSource(4))}
	var rules []*ir.Rule
	for _, modifiers := range []string{"", "|contains", "|startswith", "|endswith", "|cased", "|cased|contains", "|cased|startswith", "|cased|endswith"} {
		rules = append(rules, build(t, "s:\n  f|fieldref"+modifiers+": g\ncondition: s"))
	}
	e, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	matches := 0
	for range 60 {
		f, g := make([]string, 100+m.r.Intn(2)), make([]string, 100+m.r.Intn(2))
		long := 12 + m.r.Intn(12)
		for i := range f {
			f[i] = m.spelled(m.text(long))
		}
		for i := range g {
			for g[i] == "" || m.r.Intn(500) > 0 && len(g[i]) < long {
				g[i] = m.spelled(m.text(long))
			}
		}
		event := []byte(`{"f":[` + strings.Join(f, ",") + `],"g":[` + strings.Join(g, ",") + `]}`)
		compare(t, e, event, []int{0, 1, 2, 3, 4, 5, 6, 7})
		ms, err := e.MatchJSON(event, nil)
		if err != nil {
			t.Fatal(err)
		}
		matches += len(ms)
	}
	for _, g := range []string{`""`, `"\u212aAAA"`} { // the empty text is in every other one
		list := strings.Repeat(`"zz",`, 120)
		compare(t, e, []byte(`{"f":[`+list+`"kaaa"],"g":[`+list[:len(list)-1]+`]}`), []int{0, 1, 2, 3, 4, 5, 6, 7})
		compare(t, e, []byte(`{"f":[`+strings.ReplaceAll(list, "zz", "yy")+`"kaaa"],"g":[`+list+g+`]}`), []int{0, 1, 2, 3, 4, 5, 6, 7})
	}
	if matches < 60 || matches > 400 {
		t.Errorf("%d of 480 answers are yes: too few or too many to compare anything", matches)
	}
}

// slow is an engine of Options.Regexp that takes a while, and counts.
type slow struct{ n *int }

func (s slow) Match(text []byte) (bool, error) {
	*s.n++
	time.Sleep(50 * time.Millisecond)
	return string(text) == "last", nil
}

// TestForeignTime: an event cannot make an engine of Options.Regexp work for
// hours, and what was not asked is not remembered.
func TestForeignTime(t *testing.T) {
	calls := 0
	o := eval.Options{Regexp: func(*ir.Regexp) (eval.Matcher, error) { return slow{&calls}, nil }}
	rules := []*ir.Rule{build(t, "s:\n  f|re: '(?=a)b'\ncondition: s"), build(t, "s:\n  '|re': '(?=a)c'\ncondition: s")}
	e, err := eval.Compile(rules, o)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, 1000)
	for i := range values {
		values[i] = fmt.Sprint("value ", i)
	}
	values[999] = "last"
	if ms := e.Match(eval.Map{"f": values}, nil); len(ms) != 2 || ms[0].Err == nil || ms[1].Err == nil || calls > 25 {
		t.Errorf("%d calls, %v", calls, ms)
	}
	if x, err := eval.Explain(rules[0], eval.Map{"f": values}, o); err != nil || !x.Undecided || len(x.Changes) > 0 || calls > 50 {
		t.Errorf("%d calls, %v, %v", calls, x, err)
	}
	if ms := e.Match(eval.Map{"f": "last"}, nil); len(ms) != 2 || ms[0].Err != nil || ms[1].Err != nil {
		t.Errorf("the next event does not match: %v", ms)
	}
}

// TestDeriveMemory: events of many sources do not make an engine hold a core
// of nearly all rules for each.
func TestDeriveMemory(t *testing.T) {
	var rules []*ir.Rule
	for i := range 4_000 {
		r := *build(t, fmt.Sprintf("s:\n  f|contains: 'some text %d'\ncondition: s", i))
		if r.LogSource = (sigma.LogSource{Product: "p"}); i < 100 {
			r.LogSource.Service = fmt.Sprint("s", i)
		}
		rules = append(rules, &r)
	}
	e, err := eval.Compile(rules, eval.Options{Derive: true})
	if err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	run := func(from, to int) {
		for i := from; i < to; i++ {
			ms := s.Match(eval.Pairs{{"service", fmt.Sprint("s", i)}, {"f", "some text 7 and some text 70"}}, nil)
			want := 0
			if i == 7 || i == 70 { // the rules of that source alone
				want = 1
			}
			if len(ms) != want {
				t.Fatalf("service %d: %v", i, indexes(ms))
			}
		}
	}
	first := held(func() any { run(0, 10); return s })
	if more := held(func() any { run(10, 100); return s }); more > 2*first {
		t.Errorf("10 sources need %d bytes, and 90 more %d", first, more)
	}
}

// TestHostileLetsGo: no large event leaves more behind in a session than its
// memory of values, of nine megabytes, and a few buffers of a megabyte.
func TestHostileLetsGo(t *testing.T) {
	e, err := eval.Compile(append(hostileRules(t), sourcedRules...), eval.Options{Regexp: backtrack.New, Derive: true})
	if err != nil {
		t.Fatal(err)
	}
	all := hostileEvents(hostileSize)
	events := map[string]string{"a long channel": `{"Channel":"` + strings.Repeat("x", 10<<20) + `"}`, "an end in the middle": all["fields"][:8*hostileSize],
		"a name with escapes": `{"` + strings.Repeat(`\u0061`, 2<<20) + `":1}`}
	for _, name := range []string{"large values", "not UTF-8", "fields", "values", "wide and deep", "a data element of texts"} {
		events[name] = all[name]
	}
	for name, text := range events {
		t.Run(name, func(t *testing.T) {
			checkLetsGo(t, e, []byte(text), func(s *eval.Session) {
				if _, err := s.MatchJSON([]byte(text), nil); (err != nil) != (name == "an end in the middle") {
					t.Error(err)
				}
			})
		})
	}
	t.Run("Go values", func(t *testing.T) {
		ev := eval.Map{strings.Repeat("n", 10<<20): strings.Repeat("v", 10<<20), "list": make([]int, 1_000_000)}
		checkLetsGo(t, e, ev, func(s *eval.Session) { s.Match(ev, nil) })
	})
}

func checkLetsGo(t *testing.T, e *eval.Engine, event any, match func(*eval.Session)) {
	t.Helper()
	s := e.NewSession()
	s.Match(eval.Pairs{{"f", "x"}}, nil)
	grown := held(func() any {
		match(s)
		return s
	})
	runtime.KeepAlive(event)
	if grown > 11<<20 {
		t.Errorf("the session holds %d bytes more", grown)
	}
}

// TestHostileValues matches Go values that are made to be slow, large or deep.
func TestHostileValues(t *testing.T) {
	rule := build(t, "s:\n  - needle\ncondition: s")
	e, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var chain, shared, pointers any = "needle", []any{"x"}, "needle"
	for range 10 * hostileSize {
		chain = map[string]any{"n": chain}
		inner := pointers
		pointers = &inner
	}
	for range 60 { // stands for 2 to the 60th values
		shared = map[string]any{"a": shared, "b": []any{shared}}
	}
	cycle := map[string]any{}
	cycle["list"] = []any{cycle, map[string]any{"again": cycle}, &cycle}
	wide := map[string]any{}
	for i := range hostileSize {
		wide[fmt.Sprint(i)] = map[string]any{"n": i}
	}
	for name, c := range map[string]struct {
		ev   eval.Event
		want int
	}{
		"a chain that is too deep":    {eval.Map{"f": chain}, 0},
		"pointers that are too deep":  {eval.Map{"f": pointers}, 0},
		"shared parts":                {eval.Map{"f": shared, "g": "y"}, 0},
		"cycles":                      {eval.Map{"f": cycle, "g": "needle"}, 1},
		"many objects":                {eval.Map{"f": wide, "g": map[string]any{"h": "needle"}}, 1},
		"numbers that are none":       {eval.Map{"f": []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}}, 0},
		"what is nil":                 {eval.Map{"f": nil, "g": []any{nil, (*int)(nil), error(nil), map[string]any(nil), []string(nil)}}, 0},
		"functions and channels":      {eval.Map{"f": func() {}, "g": make(chan int), "h": complex(1, 2), "i": struct{ f func() }{}}, 0},
		"nothing":                     {eval.Map(nil), 0},
		"no pairs":                    {eval.Pairs(nil), 0},
		"pairs":                       {append(make(eval.Pairs, 10*hostileSize), eval.Pair{Name: "f", Value: "needle"}), 1},
		"as deep as may be":           {nest(eval.MaxDepth-1, "needle"), 1},
		"deeper":                      {nest(eval.MaxDepth+1, "needle"), 0},
		"a value that is not UTF-8":   {eval.Map{"f\xff": "\xffneedle\xc3"}, 1},
		"a name that is not UTF-8":    {eval.Pairs{{"\xff", "needle"}}, 1},
		"begins that nothing ends":    {unbalanced(10 * hostileSize), 1},
		"ends that nothing has begun": {unbalanced(-10 * hostileSize), 1},
	} {
		t.Run(name, func(t *testing.T) {
			if ms := e.Match(c.ev, nil); len(ms) != c.want {
				t.Errorf("%d matches, want %d", len(ms), c.want)
			}
			if x, err := eval.Explain(rule, c.ev, eval.Options{}); err != nil || x.Matched != (c.want > 0) {
				t.Errorf("the explanation says %v, %v", x, err)
			}
		})
	}
}

// nest returns a value so many maps deep.
func nest(depth int, v any) eval.Map {
	for range depth {
		v = map[string]any{"n": v}
	}
	return eval.Map{"f": v}
}

// unbalanced is an event with as many more Begins than Ends.
type unbalanced int

func (u unbalanced) Visit(v *eval.Visitor) {
	for range max(u, -u) {
		if u > 0 {
			v.Begin("n")
		} else {
			v.End()
		}
	}
	v.String("f", "needle")
}

// TestHostileCorpus matches an event whose values have in them all that
// SigmaHQ's rules look for.
func TestHostileCorpus(t *testing.T) {
	e, err := eval.Compile(windowsRules(t), eval.Options{SkipErrors: true})
	onlyPlaceholders(t, err)
	random := rand.New(rand.NewSource(1))
	var all strings.Builder
	fields := map[string]bool{}
	for _, r := range e.Rules() {
		ir.Walk(r.Where[0], func(x ir.Expr) bool {
			if m, ok := x.(*ir.Match); ok {
				fields[m.Field] = true
				ir.WalkTests(m.Test, func(u ir.Test) {
					if text, ok := u.(*ir.Text); ok {
						all.WriteString(filler.Text(random, text.Pattern))
					}
				})
			}
			return true
		})
	}
	ev := eval.Map{}
	for name := range fields {
		if strings.Contains(name, "Image") || strings.Contains(name, "Command") || len(name) < 8 {
			ev[name] = all.String()
		}
	}
	t.Logf("%d fields of %d bytes", len(ev), all.Len())
	first := len(e.Match(ev, nil))
	if again := len(e.Match(ev, nil)); first != again || first == 0 {
		t.Errorf("%d matches, then %d", first, again)
	}
}
