package kusto_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var update = flag.Bool("update", false, "write the queries into testdata/correlations.txt")

// tables are two tables: of the rules a, b and c, and of d.
var tables = &schema.Schema{Name: "test", Format: schema.Kusto, Tables: map[string]*schema.Table{
	"One": table("One", "TimeGenerated"),
	"Two": table("Two", "Timestamp"),
}}

// table returns a table with that column for the time.
func table(name, at string) *schema.Table {
	t := &schema.Table{Name: name, Columns: make(map[string]schema.Column)}
	add := func(typ schema.Type, names ...string) {
		for _, n := range names {
			t.Columns[n] = schema.Column{Name: n, Type: typ}
		}
	}
	add(schema.Time, at)
	add(schema.Keyword, "a", "b", "c", "g", "h", "s", "w")
	add(schema.Int, "v", "n")
	add(schema.Float, "r")
	add(schema.Bool, "y")
	add(schema.Dynamic, "j")
	add(schema.Keyword, "only"+name)
	if name == "Two" {
		add(schema.Float, "n")
	}
	return t
}

// places tells which rules are about which table, and what fields
// are called there.
const places = `name: places
transformations:
- {type: set_state, key: query_table, val: One, rule_conditions: [{type: logsource, product: one}]}
- {type: set_state, key: query_table, val: Two, rule_conditions: [{type: logsource, product: two}]}
- {type: field_name_mapping, mapping: {G: g}}
- {type: field_name_mapping, mapping: {M: [g, h]}}
- {type: field_name_mapping, mapping: {K: onlyOne}, rule_conditions: [{type: logsource, product: one}]}
- {type: field_name_mapping, mapping: {K: onlyTwo}, rule_conditions: [{type: logsource, product: two}]}
`

// members are the rules a, b and c of one table, and d of another.
func members() string {
	var b strings.Builder
	for _, name := range []string{"a", "b", "c", "d"} {
		product, field := "one", name
		if name == "d" {
			product, field = "two", "a"
		}
		fmt.Fprintf(&b, "title: %s\nname: %s\nlogsource: {product: %s}\ndetection: {s: {%s: x}, condition: s}\n---\n", name, name, product, field)
	}
	return b.String()
}

// link returns the last of the correlations of a text.
func link(t testing.TB, text string) *ir.Correlation {
	t.Helper()
	docs, err := sigma.Parse("r.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return set.Correlations[len(set.Correlations)-1]
}

// compiler returns a compiler with the tables of the tests.
func compiler(t testing.TB, o backends.Options) *backends.Compiler {
	t.Helper()
	p, err := pipeline.Parse("places.yml", []byte(places))
	if err != nil {
		t.Fatal(err)
	}
	o.Target, o.Pipeline, o.Schema = "kusto", p, tables
	if o.Settings["table"] != "" || o.Settings["time_column"] != "" {
		o.Pipeline, o.Schema = nil, nil
	}
	c, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCorrelation compares with the queries of testdata/correlations.txt. A
// case there is a line "# name [method=M] [setting=value]", the sections of
// correlations named x0, x1 ..., one a line, and behind "->" what comes of the
// last.
func TestCorrelation(t *testing.T) {
	const file = "testdata/correlations.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, text := range strings.Split(strings.TrimPrefix(string(data), "# "), "\n# ") {
		head, _, _ := strings.Cut(text, "->\n")
		got := head + "->\n" + outcome(t, head) + "\n"
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("# " + got)
		if !*update && strings.TrimSpace(got) != strings.TrimSpace(text) {
			t.Errorf("got  %s\nwant %s", got, text)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// outcome returns what comes of a case: warnings and the query, or errors.
func outcome(t *testing.T, head string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(head), "\n")
	o := backends.Options{Settings: map[string]string{}}
	for _, word := range strings.Fields(lines[0]) {
		switch name, value, ok := strings.Cut(word, "="); {
		case ok && name == "method":
			o.Method = value
		case ok:
			o.Settings[name] = value
		}
	}
	text := members()
	for i, section := range lines[1:] {
		text += fmt.Sprintf("title: x%d\nname: x%d\ncorrelation: {%s}\n---\n", i, i, section)
	}
	c := link(t, strings.TrimSuffix(text, "---\n"))
	result, err := compiler(t, o).Correlation(c)
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), "\n", "\nerror: ")
	}
	var b strings.Builder
	for _, w := range result.Warnings {
		fmt.Fprintf(&b, "%s: %s\n", w.Code, w.Msg)
	}
	return b.String() + result.Queries[0].Text
}

// TestToldTable: rules of one parser of ASIM are about the same events, whatever
// a pipeline has the parser filter for each; it is told what both ask for.
func TestToldTable(t *testing.T) {
	p, err := pipeline.Resolve("sentinel_asim")
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: "kusto", Pipeline: p})
	if err != nil {
		t.Fatal(err)
	}
	rule := func(name, port string) string {
		return "title: " + name + "\nname: " + name + "\nlogsource: {category: network_connection, product: windows}\n" +
			"detection: {s: {Initiated: 'true', DestinationPort: " + port + "}, condition: s}\n---\n"
	}
	const correlation = "title: x\ncorrelation: {type: event_count, rules: [p, q], group-by: DestinationIp, timespan: 5m, condition: {gte: 3}}\n"
	for port, want := range map[string]string{"4444": "_Im_NetworkSession(dstportnumber=4444)\n", "5555": "_Im_NetworkSession\n"} {
		result, err := c.Correlation(link(t, rule("p", "4444")+rule("q", port)+correlation))
		if err != nil {
			t.Fatal(err)
		}
		if text := result.Queries[0].Text; !strings.HasPrefix(text, want) || strings.Count(text, "_Im_NetworkSession") != 1 {
			t.Errorf("got %s\nwant %s", text, want)
		}
	}
}
