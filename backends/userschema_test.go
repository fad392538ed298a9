package backends_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestUserSchemaCorpus renders the schemas that come with the project as users
// have theirs, a mapping of Elasticsearch and the rows of getschema, and
// converts SigmaHQ's rules with them: queries, errors and warnings are those of
// the schemas themselves.
func TestUserSchemaCorpus(t *testing.T) {
	rules := corpusRules(t)
	for _, run := range []struct {
		target, pipeline string
		schema           *schema.Schema
	}{
		{"lucene", "ecs_windows", userMapping(t, "ecs_windows")},
		{"kql", "ecs_windows", userMapping(t, "ecs_windows")},
		{"eql", "ecs_windows", userMapping(t, "ecs_windows")},
		{"esql", "ecs_windows", userMapping(t, "ecs_windows")},
		{"kusto", "microsoft_xdr", userColumns(t, "xdr")},
		{"kusto", "sentinel_asim", userColumns(t, "asim", "sentinel")},
		{"splunk", "splunk_cim", userDatasets(t, "cim")},
	} {
		o := backends.Options{Target: run.target, Pipeline: chainOf(t, []string{run.pipeline}), UnknownFields: schema.Refuse}
		builtin, err := backends.New(o)
		if err != nil {
			t.Fatal(err)
		}
		o.Schema = run.schema
		own, err := backends.New(o)
		if err != nil {
			t.Fatal(err)
		}
		same, elsewhere := 0, 0
		for _, r := range rules {
			// Of rules that the pipeline is not about it names no table, while the
			// user's is all there is.
			if m, err := builtin.Map(r); err == nil && m.Table == nil {
				elsewhere++
				continue
			}
			if want, got := outcome(builtin, r), outcome(own, r); want == got {
				same++
			} else {
				t.Errorf("%s %s: %s\nbuilt in: %s\nuser's: %s", run.target, run.pipeline, r.Source.Pos, want, got)
			}
		}
		t.Logf("%s %s: %d the same, %d without a table, of %d", run.target, run.pipeline, same, elsewhere, len(rules))
		if same < len(rules)/2 {
			t.Errorf("%s %s: only %d rules were compared", run.target, run.pipeline, same)
		}
	}
}

// TestUserSchemaTables reads the fields of Elastic as a mapping: each is what it
// was, but for what a mapping cannot say, that it may hold several values and
// that an object is one of a type of its own.
func TestUserSchemaTables(t *testing.T) {
	for _, name := range []string{"ecs", "ecs_windows", "ecs_windows_defend", "ecs_windows_integration"} {
		want := builtinTable(t, name, "")
		got := userMapping(t, name).Tables[""]
		for field, c := range want.Columns {
			own, ok := got.Column(field)
			own.Array, own.Object = c.Array, false
			if !ok || own != c {
				t.Errorf("%s: %s is %+v, %v, want %+v", name, field, own, ok, c)
			}
		}
		for field, c := range got.Columns {
			if _, ok := want.Columns[field]; !ok && !c.Object && field[0] != '_' {
				t.Errorf("%s: there is no %s", name, field)
			}
		}
	}
}

// outcome is what becomes of a rule, but for the names of schemas in messages.
func outcome(c *backends.Compiler, r *ir.Rule) string {
	var b strings.Builder
	result, err := c.Rule(r)
	if err != nil {
		for _, e := range sigma.Errors(err) {
			fmt.Fprintf(&b, "%d:%d %s\n", e.Line, e.Col, e.Code)
		}
		return b.String()
	}
	for _, q := range result.Queries {
		b.WriteString(q.Text + "\n")
	}
	for _, w := range result.Warnings {
		fmt.Fprintf(&b, "%d:%d %s %s\n", w.Line, w.Col, w.Code, w.Msg)
	}
	return b.String()
}

// userMapping renders the fields of a schema as a mapping.
func userMapping(t *testing.T, name string) *schema.Schema {
	t.Helper()
	table := builtinTable(t, name, "")
	root := map[string]any{"properties": map[string]any{}}
	for _, field := range slices.Sorted(maps.Keys(table.Columns)) {
		c := table.Columns[field]
		if parent, twin, ok := cutLast(field); ok && isLeaf(table.Columns[parent]) {
			at := descend(root, parent)
			fields, _ := at["fields"].(map[string]any)
			if fields == nil {
				fields = map[string]any{}
				at["fields"] = fields
			}
			fields[twin] = elasticField(c)
			continue
		}
		maps.Copy(descend(root, field), elasticField(c))
	}
	var templates []any
	for _, p := range table.Patterns {
		templates = append(templates, map[string]any{p.Name: map[string]any{"path_match": p.Name, "mapping": elasticField(p)}})
	}
	root["dynamic_templates"] = templates
	text, err := json.Marshal(map[string]any{"an-index": map[string]any{"mappings": root}})
	if err != nil {
		t.Fatal(err)
	}
	return readUser(t, "mapping.json", text)
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

func isLeaf(c schema.Column) bool { return c.Name != "" && c.Type != schema.Dynamic }

// descend returns the object that describes a field.
func descend(root map[string]any, field string) map[string]any {
	at := root
	for _, part := range strings.Split(field, ".") {
		properties, _ := at["properties"].(map[string]any)
		if properties == nil {
			properties = map[string]any{}
			at["properties"] = properties
		}
		next, _ := properties[part].(map[string]any)
		if next == nil {
			next = map[string]any{}
			properties[part] = next
		}
		at = next
	}
	return at
}

// elasticField is how a mapping describes a column.
func elasticField(c schema.Column) map[string]any {
	if c.Type == schema.Caseless {
		return map[string]any{"type": "keyword", "normalizer": "lowercase"}
	}
	kind := map[schema.Type]string{
		schema.Keyword: "keyword", schema.Wildcard: "wildcard", schema.Text: "match_only_text", schema.Int: "long", schema.Float: "float",
		schema.Bool: "boolean", schema.IP: "ip", schema.Time: "date", schema.Dynamic: "object",
	}[c.Type]
	return map[string]any{"type": kind}
}

// userColumns renders the tables of schemas as getschema gives them.
func userColumns(t *testing.T, names ...string) *schema.Schema {
	t.Helper()
	kinds := map[schema.Type]string{
		schema.Keyword: "string", schema.Int: "long", schema.Float: "real", schema.Bool: "bool", schema.Time: "datetime",
		schema.GUID: "guid", schema.Dynamic: "dynamic",
	}
	var b strings.Builder
	b.WriteString("TableName,ColumnName,ColumnOrdinal,DataType,ColumnType\n")
	for _, name := range names {
		s, err := schema.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range slices.Sorted(maps.Keys(s.Tables)) {
			for i, column := range slices.Sorted(maps.Keys(s.Tables[table].Columns)) {
				fmt.Fprintf(&b, "%s,%s,%d,,%s\n", table, column, i, kinds[s.Tables[table].Columns[column].Type])
			}
		}
	}
	return readUser(t, "schema.csv", []byte(b.String()))
}

// userDatasets renders the datasets of a schema as lists of their fields.
func userDatasets(t *testing.T, name string) *schema.Schema {
	t.Helper()
	kinds := map[schema.Type]string{schema.Keyword: "string", schema.Int: "int", schema.Bool: "boolean", schema.Time: "time"}
	s, err := schema.Builtin(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []*schema.Schema
	for _, table := range slices.Sorted(maps.Keys(s.Tables)) {
		text := "field,type\n"
		for _, field := range slices.Sorted(maps.Keys(s.Tables[table].Columns)) {
			text += field + "," + kinds[s.Tables[table].Columns[field].Type] + "\n"
		}
		path := filepath.Join(t.TempDir(), "fields.csv")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		own, err := schema.ReadFile("splunk." + table + ":" + path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, own)
	}
	merged, err := schema.Merge(all...)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func readUser(t *testing.T, name string, text []byte) *schema.Schema {
	t.Helper()
	s, err := schema.Read("", name, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range s.Notes {
		t.Errorf("a note about what was rendered: %v", n)
	}
	return s
}

func builtinTable(t *testing.T, name, table string) *schema.Table {
	t.Helper()
	s, err := schema.Builtin(name)
	if err != nil {
		t.Fatal(err)
	}
	out, ok := s.Table(table)
	if !ok {
		t.Fatalf("%s has no table %q", name, table)
	}
	return out
}
