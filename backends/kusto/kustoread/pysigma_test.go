package kustoread_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/kusto/kustoread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var update = flag.Bool("update", false, "rewrite testdata/pysigma.txt")

// TestPySigma reads what pySigma makes of SigmaHQ's rules and counts the
// queries that the language refuses, by reason, those that are not read, and
// those that mean something else than their rule, as far as events made from
// the rule show, by what is wrong with them. testdata/pysigma.txt keeps the
// counts.
func TestPySigma(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	rules := make(map[string]*ir.Rule)
	for _, r := range readbacktest.Corpus(t) {
		rules[r.Source.ID] = r
	}
	var b strings.Builder
	for _, run := range []struct {
		name   string
		schema []string
	}{{"kusto", nil}, {"kusto.microsoft_xdr", []string{"xdr"}}, {"kusto.sentinel_asim", []string{"asim", "sentinel"}}} {
		counts := make(map[string]int)
		r := rand.New(rand.NewSource(1))
		for _, row := range readbacktest.PySigma(t, run.name) {
			for i, text := range row.Queries {
				counts["queries"]++
				q, err := kustoread.Read(text, tableOf(t, text, run.schema))
				rule := rules[row.ID]
				if err == nil && hasConstant(q.Where) {
					counts["that compare constants, of those that are read"]++
				}
				switch {
				case err != nil:
					counts[reason(err)]++
				case rule == nil:
					counts["read, of a rule that is not in the corpus"]++
				case run.schema != nil: // the rule has other names
					counts["read"]++
				case agrees(t, r, rule, i, q):
					counts["read, and means what the rule means"]++
				default:
					counts["read: "+mistake(text, q)]++
				}
			}
		}
		fmt.Fprintf(&b, "%s\n", run.name)
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, "%6d %s\n", counts[k], k)
		}
	}
	const file = "testdata/pysigma.txt"
	golden.Compare(t, *update, file, b.String())
}

// tableOf returns the options that know the table of a query: the first line.
// The parsers of ASIM go by the names that workspaces give them, too.
func tableOf(t *testing.T, text string, schemas []string) readback.Options {
	name, _, _ := strings.Cut(text, "\n")
	name = strings.TrimSpace(name)
	for _, s := range schemas {
		known, err := schema.Builtin(s)
		if err != nil {
			t.Fatal(err)
		}
		table, ok := known.Table(name)
		if !ok {
			table, ok = known.Table("_Im_" + strings.TrimPrefix(strings.Replace(name, "imRegistry", "imRegistryEvent", 1), "im"))
		}
		if ok {
			return readback.Options{Column: table.Column}
		}
	}
	return readback.Options{}
}

// variable is what differs between messages of one reason.
var variable = regexp.MustCompile(`"(?:\\.|[^"\\])*"(?:\.\.\.)?|\[[^]]*\]`)

// reason returns why a query was not read, without its names and values.
func reason(err error) string {
	var e *readback.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	who := "refused: "
	if e.Foreign {
		who = "not read: "
	}
	return who + variable.ReplaceAllString(e.Msg, `"..."`)
}

// agrees reports whether a condition of a rule and its query find the same
// events.
func agrees(t *testing.T, r *rand.Rand, rule *ir.Rule, i int, q *readback.Query) bool {
	a, b := *rule, *rule
	a.Where = rule.Where[i : i+1]
	b.Where = []ir.Expr{readback.Meaning(q.Where)}
	engine, err := eval.Compile([]*ir.Rule{&a, &b}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{rule: &a, query: q, engine: engine}
	for _, ev := range events(r, &a, a.Where[0], 24) {
		if class := compare(p, ev); class == "different" {
			return false
		}
	}
	return true
}

// hasConstant reports whether a part of a query is the same for every event.
func hasConstant(e readback.Expr) bool {
	switch e := e.(type) {
	case readback.And:
		return slices.ContainsFunc(e, hasConstant)
	case readback.Or:
		return slices.ContainsFunc(e, hasConstant)
	case *readback.Not:
		return hasConstant(e.X)
	case *readback.Known:
		return hasConstant(e.X)
	case readback.Const:
		return true
	}
	return false
}

// mistake names what is wrong with a query of pySigma's, by the items of a
// survey of converters (testdata/README.md): the first that it has.
func mistake(text string, q *readback.Query) string {
	digits := regexp.MustCompile(`in~ \("\d+"`)
	switch {
	case strings.Contains(text, "isnull("):
		return "K1, isnull() of strings"
	case regexp.MustCompile(`ipv4_is_in_range\([^)]*:`).MatchString(text):
		return "K8, networks of IPv6"
	case hasConstant(q.Where):
		return "K4, compares constants"
	case strings.Contains(text, "matches regex"):
		return "K6, case and ends of patterns, or regular expressions"
	case strings.Contains(text, `startswith ""`):
		return "K11, a star as startswith"
	case digits.MatchString(text):
		return "K2, numbers as texts"
	}
	return "K7, order of parts, and others"
}
