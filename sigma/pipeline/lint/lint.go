package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A Severity says how grave a finding is.
type Severity uint8

// The severities. What cannot be meant is an error; what has no effect is a
// warning; what rules show is a note.
const (
	Note Severity = iota
	Warning
	Error
)

// String returns the severity as messages have it.
func (s Severity) String() string { return [...]string{"note", "warning", "error"}[s] }

// The codes of findings.
const (
	Unreachable      sigma.Code = "unreachable"        // a step or an entry that no rule can reach
	Shadowed         sigma.Code = "shadowed-mapping"   // a mapping of a field that has another name already
	UnknownStep      sigma.Code = "unknown-step"       // a condition names a step that does not exist, or comes later
	StateNotSet      sigma.Code = "state-not-set"      // a condition asks for state that no step before it sets
	StateNotRead     sigma.Code = "state-not-read"     // state that is set and that nobody reads
	UnknownVariable  sigma.Code = "unknown-variable"   // a placeholder without a variable
	UnusedVariable   sigma.Code = "unused-variable"    // a variable that no placeholder can have
	NotFilled        sigma.Code = "unfilled"           // a placeholder that a step adds and no step fills
	UnusedMapping    sigma.Code = "unused-mapping"     // mappings that no rule uses
	UnmappedField    sigma.Code = "unmapped-field"     // fields of rules that no step mapped
	Refused          sigma.Code = "refused-rules"      // rules that the pipeline refuses
	UnusedStep       sigma.Code = "unused-step"        // steps that do nothing to any rule
	NotWhollyChecked sigma.Code = "not-wholly-checked" // the pipeline is too large
)

// A Finding is one thing that is wrong with a pipeline, or to know of it.
type Finding struct {
	sigma.Error
	Severity Severity
	Step     pipeline.StepRef // the zero StepRef where it is not about one
	Counts   []Count          // of rules, the most first; what they count is in the message
}

// A Count is how many rules have something.
type Count struct {
	Name  string
	Rules int
}

// Options say what to look at beside the pipeline.
type Options struct {
	Rules  []*ir.Rule // what the pipeline is for; nil leaves out what only rules can show
	Target string     // the backend for which rules are mapped; "" is any

	// Keys of the state that are read or set elsewhere: by backends, and by
	// pipelines that may stand in a chain with this one.
	StateRead, StateSet []string
}

// Check returns what is wrong with a pipeline or a chain, in the order of the
// steps, and behind that what the rules show.
func Check(p *pipeline.Pipeline, o Options) []Finding {
	c := newChecker(p)
	c.options = o
	c.walk()
	c.ids()
	c.state()
	c.variables()
	slices.SortStableFunc(c.findings, c.compare)
	// A step that aliases of YAML repeat is found as often.
	c.findings = slices.CompactFunc(c.findings, func(a, b Finding) bool { return a.Error == b.Error })
	if o.Rules != nil {
		c.rules()
	}
	return c.findings
}

func newChecker(p *pipeline.Pipeline) *checker {
	c := &checker{pipeline: p, steps: p.Steps(), posts: p.Postprocessing()}
	c.templates = slices.ContainsFunc(slices.Concat(c.posts, p.Finalizers()), isTemplate)
	return c
}

// isTemplate reports whether a step, or one in it, has a template, which may
// read all of the state and all variables.
func isTemplate(s pipeline.Step) bool {
	return s.Type == "template" || s.Type == "simple_template" || slices.ContainsFunc(s.Steps, isTemplate)
}

// A checker collects findings.
type checker struct {
	pipeline  *pipeline.Pipeline
	options   Options
	steps     []pipeline.Step
	posts     []pipeline.Step // postprocessing, whose conditions are about the same ids and state
	templates bool
	findings  []Finding
	order     map[sigma.Pos]int // of the steps, as they run
}

// compare orders findings by the step they are about, in the order in which
// steps run, and by their place.
func (c *checker) compare(a, b Finding) int {
	if c.order == nil {
		c.order = make(map[sigma.Pos]int)
		c.ended(func(s *pipeline.Step) { c.order[s.Pos] = len(c.order) + 1 }, func(*pipeline.Step) {})
	}
	if d := c.order[a.Step.Pos] - c.order[b.Step.Pos]; d != 0 {
		return d
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Col - b.Col
}

// each calls f for every step in the order in which they run, with the steps
// that it is in, the outermost first.
func (c *checker) each(f func(s *pipeline.Step, outer []*pipeline.Step)) {
	var walk func(steps []pipeline.Step, outer []*pipeline.Step)
	walk = func(steps []pipeline.Step, outer []*pipeline.Step) {
		for i := range steps {
			s := &steps[i]
			f(s, outer)
			walk(s.Steps, append(outer[:len(outer):len(outer)], s))
		}
	}
	walk(c.steps, nil)
}

// report adds a finding about a step at a place of it.
func (c *checker) report(severity Severity, s *pipeline.Step, pos sigma.Pos, code sigma.Code, hint, format string, args ...any) *Finding {
	f := Finding{Severity: severity, Error: sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: hint}}
	if s != nil {
		f.Step = s.StepRef
	}
	c.findings = append(c.findings, f)
	return &c.findings[len(c.findings)-1]
}

// near suggests a word that may have been meant.
func near(word string, candidates []string) string {
	if n := sigma.Nearest(word, candidates); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}

// place names a step in messages.
func place(s *pipeline.Step) string { return fmt.Sprintf("%s, %s", s.Label(), s.Pos) }

// maxNames is how many names a message lists; a finding's Counts have all.
const maxNames = 12

// some lists counts.
func some(counts []Count) string {
	names := make([]string, len(counts))
	for i, c := range counts {
		names[i] = fmt.Sprintf("%s %d", c.Name, c.Rules)
	}
	return most(names)
}

// most lists names, not more than a line has room for.
func most(names []string) string {
	if len(names) <= maxNames {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxNames], ", ") + fmt.Sprintf(" and %d more", len(names)-maxNames)
}
