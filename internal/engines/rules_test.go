package engines

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var update = flag.Bool("update", false, "rewrite the recorded outcomes in testdata")

// A corpusRule is a rule of SigmaHQ and its file, below SigmaHQ's folder.
type corpusRule struct {
	file string
	rule *ir.Rule
}

// corpusRules returns the rules of SigmaHQ's folders rules*.
func corpusRules(tb testing.TB) []corpusRule {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq")
	folders, err := filepath.Glob(filepath.Join(root, "rules*"))
	if err != nil || len(folders) == 0 {
		tb.Fatalf("no rules in %s: %v", root, err)
	}
	paths, err := sigma.Files(folders...)
	if err != nil {
		tb.Fatal(err)
	}
	var rules []corpusRule
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			tb.Fatal(err)
		}
		docs, err := sigma.Parse(filepath.ToSlash(name), text)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range docs {
			r, err := ir.Build(d.(*sigma.Rule))
			if err != nil {
				tb.Fatal(err)
			}
			rules = append(rules, corpusRule{filepath.ToSlash(name), r})
		}
	}
	return rules
}

// A conversion is how rules become queries.
type conversion struct {
	target    string
	pipelines []string
	settings  map[string]string
}

func (c conversion) String() string {
	return strings.Join(append([]string{c.target}, c.pipelines...), " ")
}

// A query is what a rule became.
type query struct {
	corpusRule
	text   string
	mapped *ir.Rule // the rule as the pipelines made it
	types  tester   // of the fields that the query asks for
}

// convert converts those rules that the target can say.
func (c conversion) convert(tb testing.TB, rules []corpusRule) []query {
	tb.Helper()
	var chain *pipeline.Pipeline
	for _, name := range c.pipelines {
		p, err := pipeline.Resolve(name)
		if err != nil {
			tb.Fatal(err)
		}
		chain = p
	}
	if len(c.pipelines) > 1 {
		tb.Fatal("one pipeline at most")
	}
	compiler, err := backends.New(backends.Options{Target: c.target, Pipeline: chain, Settings: c.settings})
	if err != nil {
		tb.Fatal(err)
	}
	var queries []query
	for _, r := range rules {
		result, err := compiler.Rule(r.rule)
		if err != nil {
			continue
		}
		mapped, err := chain.Apply(r.rule, c.target)
		if err != nil {
			tb.Fatal(err)
		}
		for _, q := range result.Queries {
			queries = append(queries, query{r, q.Text, mapped, fieldTypes(mapped)})
		}
	}
	return queries
}

// A tester says what the tests of a rule tell of its fields' types.
type tester map[string]schema.Type

// fieldTypes returns the fields that a rule tests: a number where it compares
// with numbers only, an address where with networks only, and so on; a keyword
// where it has texts, and Unknown where it only asks whether there is a value.
// A table that the rule has knows better.
func fieldTypes(r *ir.Rule) tester {
	t := make(tester)
	for _, e := range r.Where {
		t.expr(e)
	}
	for name := range t {
		if c, ok := r.Column(name); ok && c.Type != schema.Unknown {
			t[name] = c.Type
		}
	}
	return t
}

func (t tester) expr(e ir.Expr) {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			t.expr(x)
		}
	case ir.Or:
		for _, x := range e {
			t.expr(x)
		}
	case *ir.Not:
		t.expr(e.X)
	case *ir.Named:
		t.expr(e.X)
	case *ir.Match:
		t.test(e.Field, e.Test)
	case *ir.Keyword:
		t.add("message", schema.Keyword) // the setting keyword_fields
	}
}

func (t tester) test(field string, test ir.Test) {
	switch test := test.(type) {
	case ir.AnyOf:
		for _, x := range test {
			t.test(field, x)
		}
	case ir.AllOf:
		for _, x := range test {
			t.test(field, x)
		}
	case *ir.Compare:
		t.add(field, schema.Int)
	case *ir.Bool:
		t.add(field, schema.Bool)
	case *ir.CIDR:
		t.add(field, schema.IP)
	case *ir.TimePart:
		t.add(field, schema.Time)
	case *ir.Null, *ir.Exists:
		t.add(field, schema.Unknown)
	case *ir.FieldRef:
		t.add(field, schema.Keyword)
		t.add(test.Field, schema.Keyword)
	default:
		t.add(field, schema.Keyword)
	}
}

func (t tester) add(field string, kind schema.Type) {
	switch have, ok := t[field]; {
	case !ok || have == schema.Unknown:
		t[field] = kind
	case have != kind && kind != schema.Unknown:
		t[field] = schema.Keyword
	}
}

// merge adds the fields of another rule, and reports whether the types agree;
// where they do not it adds none. Names that differ only in case are not for
// one table either, as DuckDB has no such columns, nor is a field that is also
// an object.
func (t tester) merge(other tester) bool {
	for name, kind := range other {
		for have := range t {
			if have != name && strings.EqualFold(have, name) || isParent(have, name) || isParent(name, have) {
				return false
			}
		}
		if have := t[name]; have != kind && have != schema.Unknown && kind != schema.Unknown {
			return false
		}
	}
	for name, kind := range other {
		if t[name] == schema.Unknown {
			t[name] = kind
		}
	}
	return true
}

// isParent reports whether a name is that of an object with the other in it.
func isParent(name, other string) bool {
	return len(other) > len(name) && other[:len(name)] == name && other[len(name)] == '.'
}

// columns returns the fields as columns of a table.
func (t tester) columns() []schema.Column {
	var out []schema.Column
	for name, kind := range t {
		out = append(out, schema.Column{Name: name, Type: kind})
	}
	return out
}

// record compares lines with the file of a conversion in a folder of testdata,
// or writes them there.
func record(t *testing.T, folder string, c conversion, lines []string) {
	t.Helper()
	file := filepath.Join("testdata", folder, strings.ReplaceAll(c.String(), " ", "-")+".txt")
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the outcome differs from %s; -update rewrites it\n%s", file, text)
	}
}

// TestFieldTypes reads types from the tests of a rule.
func TestFieldTypes(t *testing.T) {
	docs, err := sigma.Parse("r.yml", []byte(`title: t
logsource: {product: windows}
detection:
    a:
        Id: [1, 2]
        Mixed: [1, x]
        Flag: true
        Net|cidr: 10.0.0.0/8
        Addr|cidr: 10.0.0.0/8
        Text|contains: x
        Gone: null
        Ref|fieldref: Other
    b:
        Gone: 5
        Addr: '-'
    condition: a and not b
`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ir.Build(docs[0].(*sigma.Rule))
	if err != nil {
		t.Fatal(err)
	}
	got := fieldTypes(r)
	want := tester{"Id": schema.Int, "Mixed": schema.Keyword, "Flag": schema.Bool, "Net": schema.IP, "Addr": schema.Keyword, "Text": schema.Keyword,
		"Gone": schema.Int, "Ref": schema.Keyword, "Other": schema.Keyword}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got.merge(tester{"Id": schema.Keyword, "New": schema.Keyword}) || got["New"] != schema.Unknown {
		t.Error("types that differ are merged")
	}
	if got.merge(tester{"ID": schema.Int}) {
		t.Error("names that differ in case are merged")
	}
	if got.merge(tester{"Id.x": schema.Keyword}) || (tester{"a.b": schema.Int}).merge(tester{"a": schema.Int}) {
		t.Error("a field is merged with an object")
	}
	if !got.merge(tester{"Id": schema.Unknown, "New": schema.Keyword}) || got["New"] != schema.Keyword {
		t.Error("types that agree are not merged")
	}
}
