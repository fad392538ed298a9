package pipeline_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// itemTexts returns the items of an expression, each with its place.
func itemTexts(es ...ir.Expr) map[string]bool {
	out := make(map[string]bool)
	for _, e := range es {
		if e == nil {
			continue
		}
		ir.Walk(e, func(e ir.Expr) bool {
			switch x := e.(type) {
			case *ir.Match:
				out[x.Pos.String()+" "+ir.String(x)] = true
			case *ir.Keyword:
				out[x.Pos.String()+" "+ir.String(x)] = true
			case *ir.Raw:
				out[x.Pos.String()+" "+ir.String(x)] = true
			}
			return true
		})
	}
	return out
}

// replay does to the items of a rule what a trace says was done, and compares
// with what became of the rule. A change of an item that is not there, an item
// that came from nowhere and one that vanished are errors.
func replay(t *testing.T, r, out *ir.Rule, changes []pipeline.Change) {
	t.Helper()
	have := itemTexts(r.Where...)
	for i, c := range changes {
		for text := range itemTexts(c.Before) {
			if !have[text] {
				// A step that changes an item of two conditions removes it once.
				again := slices.ContainsFunc(changes[:i], func(o pipeline.Change) bool { return o.Step == c.Step && itemTexts(o.Before)[text] })
				if !again {
					t.Errorf("%v: %s: %q is changed, but not there", c.Pos, c.Step.Label(), text)
				}
			}
			delete(have, text)
		}
		for text := range itemTexts(c.After) {
			have[text] = true
		}
	}
	if out == nil {
		return
	}
	is := itemTexts(out.Where...)
	for text := range is {
		if !have[text] {
			t.Errorf("%v: the trace does not say where this is from: %s", r.Source.Pos, text)
		}
	}
	for text := range have {
		if !is[text] {
			t.Errorf("%v: the trace does not say what became of this: %s", r.Source.Pos, text)
		}
	}
}

// replayRest does the same for all that is no item.
func replayRest(t *testing.T, r, out *ir.Rule, changes []pipeline.Change) {
	t.Helper()
	state, table, source, fields, warnings, computed := make(map[string]string), "", r.LogSource, strings.Join(r.Fields, ", "), 0, 0
	l := pipeline.LogSourceText(&source)
	for _, c := range changes {
		key, value, _ := strings.Cut(c.To, " = ")
		switch c.Kind {
		case pipeline.StateSet:
			state[key] = value
		case pipeline.TableSet:
			table = c.To
		case pipeline.LogSourceChanged:
			if c.From != l {
				t.Errorf("%v: the log source is %q, not %q", r.Source.Pos, l, c.From)
			}
			l = c.To
		case pipeline.FieldRenamed:
			list := strings.Split(fields, ", ")
			for i := range list {
				if list[i] == c.From {
					list[i] = c.To
				}
			}
			fields = strings.Join(list, ", ")
		case pipeline.FieldsChanged:
			if c.From != fields {
				t.Errorf("%v: the fields are %q, not %q", r.Source.Pos, fields, c.From)
			}
			fields = c.To
		case pipeline.RuleWarned:
			warnings++
		case pipeline.ColumnComputed:
			computed++
		}
	}
	if got := pipeline.LogSourceText(&out.LogSource); got != l {
		t.Errorf("%v: the log source is %q, and %q by the trace", r.Source.Pos, got, l)
	}
	if got := strings.Join(out.Fields, ", "); got != fields {
		t.Errorf("%v: the fields are %q, and %q by the trace", r.Source.Pos, got, fields)
	}
	if out.Table != nil && table != cmp.Or(out.Table.Name, "the only one of "+out.Table.Schema) || out.Table == nil && table != "" {
		t.Errorf("%v: the table is %q by the trace", r.Source.Pos, table)
	}
	if len(out.Warnings) != len(r.Warnings)+warnings || len(out.Computed) != computed {
		t.Errorf("%v: %d warnings and %d columns by the trace", r.Source.Pos, warnings, computed)
	}
	if fmt.Sprint(out.State) != fmt.Sprint(state) {
		t.Errorf("%v: the state is %v, and %v by the trace", r.Source.Pos, out.State, state)
	}
}

// checkTrace traces a rule: the result is that of Apply, and what the trace
// says is what happened.
func checkTrace(t *testing.T, p *pipeline.Pipeline, r *ir.Rule, target string) []pipeline.Change {
	t.Helper()
	want, wantErr := p.Apply(r, target)
	out, changes, err := p.Trace(r, target)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("%v: Trace: %v; Apply: %v", r.Source.Pos, err, wantErr)
	}
	replay(t, r, out, changes)
	if err != nil {
		refused := slices.ContainsFunc(changes, func(c pipeline.Change) bool { return c.Kind == pipeline.RuleRefused })
		if !refused && p.Supports(target) == nil {
			t.Errorf("%v: the trace does not say that the rule is refused", r.Source.Pos)
		}
		return changes
	}
	if dump(out) != dump(want) {
		t.Errorf("%v: Trace:\n%s\nApply:\n%s", r.Source.Pos, dump(out), dump(want))
	}
	replayRest(t, r, out, changes)
	for _, c := range changes {
		if !c.At.IsValid() || !c.Step.Pos.IsValid() || !c.Pos.IsValid() || c.Step.Pipeline == "" {
			t.Errorf("%v: a change without a place: %+v", r.Source.Pos, c)
		}
	}
	return changes
}

// TestTraceCorpus replays what the shipped pipelines do to SigmaHQ's rules.
func TestTraceCorpus(t *testing.T) {
	rules := corpusRules(t)
	for _, c := range []struct{ chain, target string }{
		{"sysmon splunk_windows", "splunk"},
		{"windows-audit ecs_windows", "eql"},
		{"microsoft_xdr", "kusto"},
		{"sentinel_asim", "kusto"},
	} {
		t.Run(c.chain, func(t *testing.T) {
			p, n := chain(t, c.chain), 0
			for i := len(c.chain) % 3; i < len(rules); i += 3 {
				n += len(checkTrace(t, p, rules[i], c.target))
			}
			if n < 1000 {
				t.Errorf("only %d changes", n)
			}
		})
	}
}

// TestTraceCases replays the cases of each transformation.
func TestTraceCases(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/pipelines/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := make(map[string][]byte)
			for _, f := range a.Files {
				files[f.Name] = f.Data
			}
			var ps []*pipeline.Pipeline
			for _, name := range strings.Fields(string(files["chain.txt"])) {
				p, err := pipeline.Resolve(name)
				if err != nil {
					t.Fatal(err)
				}
				ps = append(ps, p)
			}
			if files["pipeline.yml"] != nil {
				p, err := pipeline.Parse("pipeline.yml", files["pipeline.yml"])
				if err != nil {
					return // the case is about that
				}
				ps = append(ps, p)
			}
			checkTrace(t, pipeline.Chain(ps...), built(t, "rule.yml", files["rule.yml"]), strings.TrimSpace(string(files["target.txt"])))
		})
	}
}
