package pipeline_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestT1571 says of each rule about T1571 which table it has in Microsoft's
// products, or why none: of SigmaHQ's rules with that tag, of the rule that
// the pack began with, and of the pack.
func TestT1571(t *testing.T) {
	rules := t1571(t)
	var b strings.Builder
	for _, name := range []string{"microsoft_xdr", "sentinel_asim", "azure_monitor"} {
		p, ok := pipeline.Builtin(name)
		if !ok {
			t.Fatal("there is no pipeline", name)
		}
		fmt.Fprintf(&b, "%s:\n", name)
		for _, r := range rules {
			b.WriteString("  " + t1571Line(p, r))
		}
	}
	golden.Compare(t, *update, filepath.Join("..", "..", "testdata", "coverage", "t1571-microsoft.txt"), b.String())
}

func t1571Line(p *pipeline.Pipeline, r *ir.Rule) string {
	file := filepath.Base(r.Source.File.Name)
	out, err := p.Apply(r, "kusto")
	if err != nil {
		e := sigma.Errors(err)[0]
		return fmt.Sprintf("%s: %s\n", file, e.Msg)
	}
	table := out.Table.Name
	if arguments := out.State["query_table_arguments"]; arguments != "" {
		table += "(" + arguments + ")"
	}
	return fmt.Sprintf("%s: %s\n", file, table)
}

// t1571 returns the rules about T1571.
func t1571(t *testing.T) []*ir.Rule {
	t.Helper()
	rules := slices.DeleteFunc(corpusRules(t), func(r *ir.Rule) bool {
		return !slices.ContainsFunc(r.Source.Tags, func(tag sigma.Tag) bool { return tag.Text == "attack.t1571" })
	})
	root := filepath.Join("..", "..")
	files, err := sigma.Files(filepath.Join(root, "examples", "t1571", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files,
		filepath.Join(root, "testdata", "t1571", "seed.yml"),
		filepath.Join(corpusDir(t), "unsupported", "windows", "win_suspicious_werfault_connection_outbound.yml"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := sigma.Parse(filepath.Base(file), data)
		if err != nil {
			continue // a rule that Sigma no longer allows
		}
		for _, d := range docs {
			if rule, ok := d.(*sigma.Rule); ok {
				r, err := ir.Build(rule)
				if err != nil {
					t.Fatal(err)
				}
				rules = append(rules, r)
			}
		}
	}
	return rules
}
