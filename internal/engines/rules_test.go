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
	types  Types    // of the fields that the query asks for
}

// convert converts those rules that the target can say.
func (c conversion) convert(tb testing.TB, rules []corpusRule) []query {
	tb.Helper()
	chain, err := pipeline.ResolveAll(c.pipelines...)
	if err != nil {
		tb.Fatal(err)
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
			queries = append(queries, query{r, q.Text, mapped, TypesOf(mapped)})
		}
	}
	return queries
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
	got := TypesOf(r)
	want := Types{"Id": schema.Int, "Mixed": schema.Keyword, "Flag": schema.Bool, "Net": schema.IP, "Addr": schema.Keyword, "Text": schema.Keyword,
		"Gone": schema.Int, "Ref": schema.Keyword, "Other": schema.Keyword}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got.Merge(Types{"Id": schema.Keyword, "New": schema.Keyword}) || got["New"] != schema.Unknown {
		t.Error("types that differ are merged")
	}
	if got.Merge(Types{"ID": schema.Int}) {
		t.Error("names that differ in case are merged")
	}
	if got.Merge(Types{"Id.x": schema.Keyword}) || (Types{"a.b": schema.Int}).Merge(Types{"a": schema.Int}) {
		t.Error("a field is merged with an object")
	}
	if !got.Merge(Types{"Id": schema.Unknown, "New": schema.Keyword}) || got["New"] != schema.Keyword {
		t.Error("types that agree are not merged")
	}
}
