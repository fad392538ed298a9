package kusto_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestContentCorpus makes a rule in each format of every rule of SigmaHQ, checks it
// against the schema, and every column that it maps against the table. What comes
// of it stands in testdata/content/corpus.txt.
func TestContentCorpus(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq"), "rules*"))
	if err != nil {
		t.Fatal(err)
	}
	collection, err := sigma.Load(folders...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	workspace := []string{"asim", "sentinel"}
	for _, c := range []struct {
		format, pipeline string
		schemas          []string
	}{
		{"sentinel", "sentinel_asim", workspace}, {"sentinel", "azure_monitor", workspace},
		{"sentinel_arm", "sentinel_asim", workspace}, {"defender", "microsoft_xdr", []string{"xdr"}},
	} {
		compiler := contentCompiler(t, c.format, nil, c.pipeline)
		bare := contentCompiler(t, "", nil, c.pipeline)
		made, mapped := 0, 0
		reasons := make(map[string]int)
		for _, doc := range collection.Documents {
			rule, err := ir.Build(doc.(*sigma.Rule))
			if err != nil {
				t.Fatal(err)
			}
			if rule, err = compiler.Map(rule); err != nil {
				continue
			}
			result, err := compiler.Mapped(rule)
			var list sigma.ErrorList
			if errors.As(err, &list) {
				if _, err := bare.Mapped(rule); err == nil { // there is a query
					reasons[digits.ReplaceAllString(list[0].Msg, "N")]++
				}
				continue
			}
			text := compiler.Join([]string{result.Queries[0].Text})
			valid(t, c.format, text)
			columns := mappedColumns(t, c.format, text)
			if made++; len(columns) > 0 {
				mapped++
			}
			checkColumns(t, rule, result.Queries[0].Bare, columns, c.schemas)
		}
		fmt.Fprintf(&b, "%s %s: %d rules, %d with entities\n", c.format, c.pipeline, made, mapped)
		for _, r := range slices.Sorted(maps.Keys(reasons)) {
			fmt.Fprintf(&b, "    %4d %s\n", reasons[r], r)
		}
	}
	golden.Compare(t, *update, filepath.Join("testdata", "content", "corpus.txt"), b.String())
}

var digits = regexp.MustCompile(`[0-9]+`)

// A mappedColumn is one that a rule maps, with the query that must return it.
type mappedColumn struct{ name, query string }

// mappedColumns returns the columns that a rule maps to entities and details.
func mappedColumns(tb testing.TB, format, text string) (out []mappedColumn) {
	tb.Helper()
	switch format {
	case "sentinel":
		r := validYAML(tb, text)
		for _, m := range r.EntityMappings {
			for _, f := range m.FieldMappings {
				out = append(out, mappedColumn{f.ColumnName, r.Query})
			}
		}
		for _, name := range r.CustomDetails {
			out = append(out, mappedColumn{name, r.Query})
		}
	case "sentinel_arm":
		var t struct {
			Resources []struct {
				Properties struct {
					Query          string
					EntityMappings []struct{ FieldMappings []struct{ ColumnName string } }
					CustomDetails  map[string]string
				}
			}
		}
		unmarshal(tb, text, &t)
		p := t.Resources[0].Properties
		for _, m := range p.EntityMappings {
			for _, f := range m.FieldMappings {
				out = append(out, mappedColumn{f.ColumnName, p.Query})
			}
		}
		for _, name := range p.CustomDetails {
			out = append(out, mappedColumn{name, p.Query})
		}
	case "defender":
		var r struct {
			QueryCondition  struct{ QueryText string }
			DetectionAction struct {
				AlertTemplate struct {
					EntityMappings map[string][]map[string]string
					CustomDetails  map[string]string
				}
			}
		}
		unmarshal(tb, text, &r)
		out = append(out, mappedColumn{"Timestamp", r.QueryCondition.QueryText}, mappedColumn{"ReportId", r.QueryCondition.QueryText})
		for _, list := range r.DetectionAction.AlertTemplate.EntityMappings {
			for _, m := range list {
				for _, name := range m {
					out = append(out, mappedColumn{name, r.QueryCondition.QueryText})
				}
			}
		}
		for _, name := range r.DetectionAction.AlertTemplate.CustomDetails {
			out = append(out, mappedColumn{name, r.QueryCondition.QueryText})
		}
	}
	return out
}

func unmarshal(tb testing.TB, text string, to any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		tb.Fatal(err)
	}
}

// assigned finds the columns that extend makes.
var assigned = regexp.MustCompile(`(?:\| extend |, )([A-Za-z_]\w*) = `)

// checkColumns checks columns against the table at the head of the query and what
// extend makes, and that nothing else in the query changes what it returns. The
// query without the format must be in it line by line.
func checkColumns(t *testing.T, rule *ir.Rule, bare string, columns []mappedColumn, schemas []string) {
	t.Helper()
	for _, c := range columns {
		lines := strings.Split(c.query, "\n")
		name, _, _ := strings.Cut(lines[0], "(")
		table := builtinTable(name, schemas)
		if table == nil {
			t.Fatalf("%s: there is no table %s", rule.Source.Title, name)
		}
		there := false
		for _, line := range lines[1:] {
			if !strings.HasPrefix(line, "| where ") && !strings.HasPrefix(line, "| extend ") {
				t.Fatalf("%s: %s", rule.Source.Title, line)
			}
			for _, m := range assigned.FindAllStringSubmatch(line, -1) {
				there = there || strings.HasPrefix(line, "| extend ") && m[1] == c.name
			}
		}
		if _, ok := table.Column(c.name); !ok && !there {
			t.Errorf("%s: %s has no column %s", rule.Source.Title, name, c.name)
		}
		if !strings.HasPrefix(c.query, bare) {
			t.Errorf("%s: the query is another one", rule.Source.Title)
		}
	}
}

// builtinTable returns a table of one of the schemas.
func builtinTable(name string, schemas []string) *schema.Table {
	for _, s := range schemas {
		if builtin, err := schema.Builtin(s); err == nil {
			if t, ok := builtin.Table(name); ok {
				return t
			}
		}
	}
	return nil
}
