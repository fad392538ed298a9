package backends_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestT1571Pack compiles the rule pack with each pipeline that comes with the
// project, to each target that it is for. testdata/t1571pack.txt counts what has
// a query and lists what the pipeline refuses with the reason, so that a log
// source without a home is seen. The queries for Splunk's data models are proved.
func TestT1571Pack(t *testing.T) {
	root := shared.Root(t)
	fill := filepath.Join(root, "examples", "t1571", "placeholders.yml")
	c, err := sigma.Load(filepath.Join(root, "examples", "t1571", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(c.Documents, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plain := make(map[string]map[string]packed) // by target
	for _, b := range backends.All() {
		plain[b.Name] = packResults(set, formatCompiler(t, b.Name, []string{fill}, ""))
	}
	var b strings.Builder
	for _, info := range pipeline.Builtins() {
		var reports []string
		targets := make(map[string][]string)
		for _, target := range targetsOf(info) {
			report := packReport(packResults(set, formatCompiler(t, target, []string{fill, info.Name}, "")), plain[target])
			if targets[report] == nil {
				reports = append(reports, report)
			}
			targets[report] = append(targets[report], target)
		}
		for _, report := range reports {
			fmt.Fprintf(&b, "%s, %s: %s\n", info.Name, strings.Join(targets[report], " "), report)
		}
	}
	golden.Compare(t, *update, filepath.Join("testdata", "t1571pack.txt"), b.String())
	provePack(t, set, formatCompiler(t, "splunk", []string{fill, "splunk_cim"}, ""))
}

// A packed is what becomes of a rule: the text of a query, or an error.
type packed struct {
	query string
	err   error
}

// packResults compiles the rules and correlations of the pack that stand for
// themselves. The keys are their files.
func packResults(set *ir.Set, c *backends.Compiler) map[string]packed {
	out := make(map[string]packed)
	add := func(doc sigma.Document, file *sigma.File, result *backends.Result, err error) {
		if !set.Alone(doc) {
			return
		}
		o := packed{err: err}
		if err == nil {
			o.query = result.Queries[0].Text
		}
		out[strings.TrimSuffix(filepath.Base(file.Name), ".yml")] = o
	}
	for _, r := range set.Rules {
		result, err := c.Rule(r)
		add(r.Source, r.Source.File, result, err)
	}
	for _, x := range set.Correlations {
		result, err := c.Correlation(x)
		add(x.Source, x.Source.File, result, err)
	}
	return out
}

// packReport says how many rules of the pack have a query, how many of these
// the pipeline leaves as they are, and why others have none.
func packReport(results, plain map[string]packed) string {
	kept, same, unsupported := 0, 0, 0
	files := make(map[string][]string) // by the reason
	for _, name := range slices.Sorted(maps.Keys(results)) {
		o := results[name]
		switch {
		case o.err != nil && errors.Is(sigma.Errors(o.err)[0], sigma.Unsupported):
			unsupported++
		case o.err != nil:
			reason := sigma.Errors(o.err)[0].Msg
			files[reason] = append(files[reason], name)
		case o.query == plain[name].query:
			same++
			fallthrough
		default:
			kept++
		}
	}
	report := fmt.Sprintf("%d of %d", kept, len(results))
	if same > 0 {
		report += fmt.Sprintf(", %d as without a pipeline", same)
	}
	if unsupported > 0 {
		report += fmt.Sprintf("; %d not in the language", unsupported)
	}
	for _, reason := range slices.Sorted(maps.Keys(files)) {
		report += fmt.Sprintf("\n  %s: %s", reason, strings.Join(files[reason], ", "))
	}
	return report
}

// provePack checks that each query for a rule of the pack says what the rule
// says.
func provePack(t *testing.T, set *ir.Set, c *backends.Compiler) {
	t.Helper()
	for _, r := range set.Rules {
		if _, err := c.Rule(r); err != nil {
			continue // the report has it
		}
		report, err := verify.Rule(c, r, verify.Options{})
		if err != nil {
			t.Fatalf("%s: %v", r.Source.Title, err)
		}
		if wrong := report.Err(); wrong != nil || report.Unread != nil {
			t.Errorf("%s: %v %v\n%s", r.Source.Title, wrong, report.Unread, report.Result.Queries[0].Text)
		}
	}
}
