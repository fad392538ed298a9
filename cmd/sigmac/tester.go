package main

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A tester runs the tests of files of rules. It does not change while it works
// and is used by several goroutines.
type tester struct {
	*job
	flags   *testFlags
	chain   *pipeline.Pipeline
	options eval.Options
	orphans []string                  // files of tests without rules
	sources func() []*sigma.LogSource // of all rules
}

// A tested is what became of the tests of a file.
type tested struct {
	*outcome
	testTotals
	lines []byte      // of --json
	not   []*document // that do not compile
}

// testTotals count tests and rules.
type testTotals struct {
	passed, failed, broken int
	rules, with            int      // with tests
	wrong                  int      // rules that do not compile
	without                []string // the places and titles of rules without tests
}

func (t *testTotals) add(u *testTotals) {
	t.passed += u.passed
	t.failed += u.failed
	t.broken += u.broken
	t.rules += u.rules
	t.with += u.with
	t.wrong += u.wrong
	t.without = append(t.without, u.without...)
}

// all runs the tests of all files.
func (t *tester) all(lib *library) error {
	var sum testTotals
	n := len(lib.ins)
	bar := newProgress(t.app, n+len(t.orphans), t.flags.quiet)
	work := func(i int) *tested {
		if i >= n {
			return t.orphan(t.orphans[i-n])
		}
		return t.file(lib.ins[i], lib.units(i))
	}
	err := ordered(n+len(t.orphans), t.flags.jobs, work, func(o *tested) error {
		sum.add(&o.testTotals)
		t.reporting.add(o.file, &o.issues, o.cases)
		bar.step()
		if len(o.notes) > 0 {
			bar.print(o.notes)
		}
		if !t.flags.json {
			return nil
		}
		_, err := t.app.out.Write(o.lines)
		return err
	})
	bar.close()
	if err != nil {
		return evalOutputFailure(err)
	}
	if sum.rules+sum.wrong == 0 {
		return usage("", "there are no rules in what was read")
	}
	if !t.flags.quiet {
		sum.print(t.app, t.flags.require)
	}
	if err := t.reporting.write(t.app, t.flags.quiet); err != nil {
		return err
	}
	if t.reporting.bad() {
		return &failure{code: exitRules}
	}
	return nil
}

// maxWithout is how many rules without tests are named for people.
const maxWithout = 20

// print prints the summary.
func (t *testTotals) print(a *app, named bool) {
	var b strings.Builder
	if !named { // otherwise each is an error
		for i, rule := range t.without {
			if i == maxWithout {
				fmt.Fprintf(&b, "%d more rules have no test; --json has all\n", len(t.without)-i)
				break
			}
			fmt.Fprintf(&b, "no test: %s\n", rule)
		}
	}
	fmt.Fprintf(&b, "%d of %s passed", t.passed, count(t.passed+t.failed+t.broken, "test", "tests"))
	if t.failed > 0 {
		fmt.Fprintf(&b, "; %d failed", t.failed)
	}
	if t.broken > 0 {
		fmt.Fprintf(&b, "; %d cannot be run", t.broken)
	}
	fmt.Fprintf(&b, "\n%d of %s tests", t.with, count(t.rules, "rule has", "rules have"))
	if t.rules > 0 {
		fmt.Fprintf(&b, " (%.1f %%)", 100*float64(t.with)/float64(t.rules))
	}
	if t.wrong > 0 {
		fmt.Fprintf(&b, "; %s", count(t.wrong, "document is wrong", "documents are wrong"))
	}
	fmt.Fprintln(a.err, b.String())
}

// file runs the tests of a file of rules.
func (t *tester) file(in input, us []unit) *tested {
	o := &tested{outcome: &outcome{file: in.path}}
	subjects := t.subjects(o, in, us)
	for _, c := range t.find(in, subjects) {
		if len(c.errs) > 0 {
			t.broken(o, in, subjects, c.errs)
		}
		for i := range c.tests {
			t.test(o, in, subjects, &c.tests[i])
		}
	}
	for _, s := range subjects {
		t.finish(o, s)
	}
	return o
}

// subjects returns what of a file can be tested: rules and correlations that
// compile. What is wrong with the others is said.
func (t *tester) subjects(o *tested, in input, us []unit) []*subject {
	var out []*subject
	for n, u := range us {
		d := &document{job: t.job, outcome: o.outcome, unit: u, file: in.path}
		if len(us) > 1 {
			d.number = n + 1
		}
		if !d.built {
			d.unit.build()
		}
		s := &subject{document: d, options: t.options, times: t.flags.times}
		errs := d.errs
		if len(errs) == 0 {
			errs = sigma.Errors(s.compile(t.chain))
		}
		switch {
		case len(errs) > 0:
			t.wrong(o, d, nameFlag(errs))
		case s.rule != nil || s.correlation != nil:
			out = append(out, s)
		}
	}
	return out
}

// compile applies the pipelines and makes the engine.
func (s *subject) compile(chain *pipeline.Pipeline) (err error) {
	switch {
	case s.document.correlation != nil:
		s.correlation, err = s.document.correlation.Map(func(r *ir.Rule) (*ir.Rule, error) { return chain.Apply(r, "") })
	case s.document.rule != nil:
		s.rule, err = chain.Apply(s.document.rule, "")
	default:
		return nil // a filter
	}
	if err != nil {
		return err
	}
	return s.prepare()
}

// wrong notes a document that does not compile.
func (t *tester) wrong(o *tested, d *document, errs sigma.ErrorList) {
	k, result := kindError, "error"
	if t.flags.skip {
		k, result = kindSkipped, "skipped"
	}
	begin := len(o.issues.all)
	d.print(k, "", errs)
	o.testTotals.wrong++
	o.not = append(o.not, d)
	o.cases = append(o.cases, d.testCase("", o.issues.all[begin:]))
	t.line(o, d, "", "", result, errs[0].Text())
}
