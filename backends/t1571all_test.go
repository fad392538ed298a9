package backends_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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

// t1571Rules are SigmaHQ's six rules that have the tag attack.t1571, below the
// corpus.
var t1571Rules = []string{
	"rules/windows/network_connection/net_connection_win_susp_malware_callback_port.yml",
	"rules/windows/network_connection/net_connection_win_susp_malware_callback_ports_uncommon.yml",
	"rules/linux/network_connection/net_connection_lnx_susp_malware_callback_port.yml",
	"rules/windows/powershell/powershell_script/posh_ps_test_netconnection.yml",
	"rules/network/zeek/zeek_dns_susp_zbit_flag.yml",
	"unsupported/windows/win_suspicious_werfault_connection_outbound.yml",
}

// TestT1571Everywhere compiles these rules and the seed with each pipeline that
// comes with the project, to each target that it is for, and proves the
// queries. testdata/t1571.txt shows what happens where: the query with the
// codes of its warnings, or why there is none. Long lists are cut there.
func TestT1571Everywhere(t *testing.T) {
	rules := []*ir.Rule{builtRule(t, filepath.Join(shared.Root(t), "testdata", "t1571", "seed.yml"))}
	root := shared.Path(t, "corpus", "sigmahq")
	for _, name := range t1571Rules {
		rules = append(rules, builtRule(t, filepath.Join(root, name)))
	}
	var b strings.Builder
	for _, rule := range rules {
		source := rule.Source.LogSource
		fmt.Fprintf(&b, "%s (%s)\n", rule.Source.Title, strings.Join(strings.Fields(source.Product+" "+source.Category+" "+source.Service), " "))
		var same []string // pipelines that leave the rule as it is
		for _, info := range pipeline.Builtins() {
			texts := everywhere(t, rule, info)
			if texts == nil {
				same = append(same, info.Name)
			}
			for _, text := range texts {
				fmt.Fprintf(&b, "  %s, %s\n", info.Name, text)
			}
		}
		fmt.Fprintf(&b, "  as without a pipeline: %s\n\n", strings.Join(same, ", "))
	}
	golden.Compare(t, *update, filepath.Join("testdata", "t1571.txt"), b.String())
}

// builtRule reads a file with one rule.
func builtRule(t *testing.T, path string) *ir.Rule {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := sigma.ParseRule(filepath.Base(path), text)
	if err != nil {
		t.Fatal(err)
	}
	rule, err := ir.Build(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// targetsOf returns the targets that a pipeline is for.
func targetsOf(info pipeline.Info) (out []string) {
	for _, b := range backends.All() {
		if info.Targets == nil || slices.Contains(info.Targets, b.Name) {
			out = append(out, b.Name)
		}
	}
	return out
}

// everywhere returns what becomes of a rule with a pipeline, targets with the
// same together; nil where it is what becomes of it without.
func everywhere(t *testing.T, rule *ir.Rule, info pipeline.Info) (out []string) {
	t.Helper()
	var texts []string
	targets := map[string][]string{}
	changed := false
	for _, target := range targetsOf(info) {
		text, other := inTarget(t, rule, info.Name, target)
		changed = changed || other
		if targets[text] == nil {
			texts = append(texts, text)
		}
		targets[text] = append(targets[text], target)
	}
	if !changed {
		return nil
	}
	for _, text := range texts {
		out = append(out, strings.Join(targets[text], " ")+": "+text)
	}
	return out
}

// inTarget returns what becomes of a rule in one target, and whether it is
// something else than without the pipeline. It fails the test where the query does
// not say what the rule says.
func inTarget(t *testing.T, rule *ir.Rule, name, target string) (text string, changed bool) {
	t.Helper()
	c := formatCompiler(t, target, []string{name}, "")
	result, err := c.Rule(rule)
	plain, plainErr := compiler(t, target, nil).Rule(rule)
	if err != nil {
		e := sigma.Errors(err)[0]
		return fmt.Sprintf("refused, %s: %s", e.Code, e.Msg), plainErr == nil
	}
	query := result.Queries[0].Text
	if plainErr == nil && plain.Queries[0].Text == query {
		return "as without a pipeline" + codes(result.Warnings), len(result.Warnings) != len(plain.Warnings)
	}
	report, err := verify.Rule(c, rule, verify.Options{})
	if err != nil {
		t.Fatalf("%s, %s, %s: %v", rule.Source.Title, name, target, err)
	}
	if wrong := report.Err(); wrong != nil {
		t.Errorf("%s, %s, %s: %v\n%s", rule.Source.Title, name, target, wrong, query)
	}
	text = abridge(query)
	if report.Unread != nil {
		text += " [not proved: " + report.Unread.Err.Msg + "]"
	}
	return text + codes(result.Warnings), true
}

// codes returns the codes of warnings, each once.
func codes(warnings sigma.ErrorList) (text string) {
	for _, w := range warnings {
		if code := fmt.Sprintf(" [%s]", w.Code); !strings.Contains(text, code) {
			text += code
		}
	}
	return text
}

// list matches more than four members of a list, but for the first two and the
// last one.
var list = regexp.MustCompile(`((?:"[^"]*"|\d+)(?:, | OR | or )(?:"[^"]*"|\d+)(?:, | OR | or ))(?:(?:"[^"]*"|\d+)(?:, | OR | or )){2,}("[^"]*"|\d+)`)

// abridge cuts long lists of numbers and short texts, and puts a query on one
// line.
func abridge(query string) string {
	return list.ReplaceAllString(strings.ReplaceAll(query, "\n", " "), "$1... $2")
}
