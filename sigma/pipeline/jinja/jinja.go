// Package jinja reads and runs the templates of pySigma's pipelines, which are
// Jinja2. Its [Compile] is what Options of package pipeline take as Templates:
//
//	o := pipeline.Options{Templates: jinja.Compile}
//	p, err := o.Resolve("output.yml")
//
// A template comes with a pipeline, and a pipeline from anywhere, so a template
// is hostile input. Each step and each byte that is made is paid for from a
// budget, which depends on how long the result may be; what cannot be paid for
// is an error. Nothing in a template reads files: include, import and extends
// are errors when it is read.
//
// What a template can do is what Jinja2's sandbox lets it do with texts, lists
// and mappings: output, if, for, set, with, macro, filter, raw, comments,
// whitespace control, all expressions, and the filters, tests and methods that
// are in the tables of this package. What else Jinja2 has is an error with its
// place. Values print as Python prints them.
//
// # Why it is not a library
//
// The libraries for Go do not run such templates, and cannot be made safe.
// pongo2 is Django's language. gonja (v2.9.1) has no bound of time or memory:
// {{ ('a' * 1000000000)|length }} takes 4.9 GB, a loop in a loop all the time
// there is, and nothing in its interface stops them. It takes the second quote
// of '\\' for an escaped one, so no template can double backslashes; it reads
// "'a' in x|lower" as "('a' in x)|lower" and says nothing; and it has no if
// inside of parentheses and arguments.
package jinja

import (
	"errors"
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// What a template may be at most.
const (
	maxSource = 256 << 10
	maxDepth  = 100 // brackets in brackets, blocks in blocks, calls in calls
)

// A template is one that was read. It does not change.
type template struct {
	body       []statement
	autoescape bool
}

// Compile reads a template. The error is a *pipeline.TemplateError.
func Compile(source string, autoescape bool) (pipeline.Template, error) {
	if len(source) > maxSource {
		return nil, &pipeline.TemplateError{Msg: fmt.Sprintf("the template has more than %d bytes", maxSource)}
	}
	tokens, err := lex(source)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	body, _, err := p.body()
	if err != nil {
		return nil, err
	}
	return &template{body: body, autoescape: autoescape}, nil
}

// Render runs the template.
func (t *template) Render(values map[string]any, most int) (string, error) {
	// What a template does with what it may print is worth a few times as much.
	b := &budget{steps: 1000000 + most/64, bytes: 1<<20 + 2*most}
	r := &runner{budget: b, scope: &scope{outer: &scope{vars: values}}, autoescape: t.autoescape, most: most}
	if err := r.run(t.body); err != nil {
		return "", err
	}
	return string(r.out), nil
}

// A budget is what a run may still use.
type budget struct {
	steps, bytes int
	depth        int // of lists that are compared
}

var (
	errSteps = errors.New("the template takes too many steps")
	errBytes = errors.New("the template makes too much text")
)

// step pays for steps, before they are taken.
func (b *budget) step(n int) error {
	if n < 0 || n > b.steps {
		b.steps = 0
		return errSteps
	}
	b.steps -= n
	return nil
}

// take pays for bytes, before they are made.
func (b *budget) take(n int) error {
	if n < 0 || n > b.bytes {
		b.bytes = 0
		return errBytes
	}
	b.bytes -= n
	return nil
}
