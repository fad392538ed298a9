// Package emit is how a query language is written: what the languages share.
//
// A language is a [Backend], a value that its folder declares and package
// backends lists. Most of it is a [Dialect]: how "and", "or" and "not" are
// written and, in the table [Ops], how each test of a field is. A blank in
// that table is a test that the language cannot say; the [Printer] then makes
// a positioned error of it. The Printer decides parentheses, value lists and
// constants for all languages; [Lower] decides before that what a test means
// for a column of a given type. Regular expressions are parsed once and
// printed by [RegexpStyle]. What people deploy of a query is an [Entry], which
// a [Format] with [Content] writes.
package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Backend is one target language.
type Backend struct {
	Name     string   // as -t names it
	Aliases  []string // names that people know from other tools
	Title    string   // the language's own name, as messages print it
	Family   string   // what languages of one vendor have in common, as rules name it for settings of their own: elastic, microsoft; "" is Name
	Doc      string   // one line
	Formats  []Format // the first is the default
	Settings []Setting
	Schemas  schema.Format // the form in which users have schemas of the products that read the language
	Twins    bool          // tests that ignore case are made of a column's twin that folds it (schema.Column.Caseless)

	// State names the keys of a rule's state, which pipelines set, that the
	// queries depend on.
	State []string

	// Query writes the query of one condition. Mistakes and notes go to the
	// job; after a mistake the result is not used.
	Query func(j *Job, e ir.Expr) string

	// Correlation writes the query of a correlation by one of the Methods.
	// Mistakes and notes go to the job. It is nil for languages that have none.
	Correlation func(c *Correlating) string
	Methods     []Method

	// Uncorrelated says of a language that has none what there is instead.
	Uncorrelated string

	// Read reads a query of the language back. It is nil where nothing does
	// yet; then queries cannot be verified.
	Read readback.Reader

	// Columns reads the expressions of the columns that a rule's queries compute.
	// It is nil for languages without such columns.
	Columns func(list []ir.Computed, o readback.Options) (readback.Columns, error)

	// Cannot names traits of events, as package synth has them, that the
	// stores of the language do not hold, so that an event with one says
	// nothing about a query. Each has its reason in a comment.
	Cannot []string

	// CannotTyped are such traits where a schema declares the types of fields.
	CannotTyped []string

	// AboutCase reports whether a warning only says that the query compares
	// case as the index does: where the index folds case, there is nothing to
	// warn of. It is nil where there are no such warnings.
	AboutCase func(w *sigma.Error) bool
}

// A Format is what a query is wrapped in.
type Format struct {
	Name, Doc string
	Aliases   []string                          // names that people know from other tools
	Wrap      func(j *Job, query string) string // nil leaves the query as it is

	// Query writes the query where the format is another form of the language,
	// which Backend.Read reads too; nil is the backend's own.
	Query func(j *Job, e ir.Expr) string

	// Conditions says that the format is for the condition of a rule only, which
	// the query of a correlation is not.
	Conditions bool

	// Correlation writes correlations where the format has a form for them that
	// the language has not, or another; nil is the backend's.
	Correlation func(c *Correlating) string

	// Content makes what people deploy; nil for formats of queries alone.
	Content *Content
}

// Setting returns the setting of the format with that name, or nil.
func (f *Format) Setting(name string) *Setting {
	if f == nil || f.Content == nil {
		return nil
	}
	return find(f.Content.Settings, name)
}

// A Setting is an option of a backend, given as -O name=value.
type Setting struct {
	Name, Doc string
	Default   string
	Values    []string // the values allowed; nil allows all
	Open      bool     // the name is the begin of many: "key." is of "key.action.email.to", too
	Given     bool     // no rule has it under its own key: the value does anything, and rules come from strangers
	Whole     bool     // it is of all that a query searches: a correlation has one for all of its rules

	// Cannot names, for a value that gives up a part of what rules mean, the
	// traits of events that a query is no longer to tell apart.
	Cannot map[string][]string
}

// Setting returns the setting with that name, or nil.
func (b *Backend) Setting(name string) *Setting { return find(b.Settings, name) }

// find returns the setting with that name, or the one whose names begin as it
// does, or nil.
func find(list []Setting, name string) *Setting {
	for i := range list {
		s := &list[i]
		if s.Name == name || s.Open && len(name) > len(s.Name) && strings.HasPrefix(name, s.Name) {
			return s
		}
	}
	return nil
}

// ContentFormats returns the names of the formats that make what people deploy.
func (b *Backend) ContentFormats() []string {
	var names []string
	for i := range b.Formats {
		if b.Formats[i].Content != nil {
			names = append(names, b.Formats[i].Name)
		}
	}
	return names
}

// Format returns the format with that name or alias, the default for "", or
// nil.
func (b *Backend) Format(name string) *Format {
	for i := range b.Formats {
		f := &b.Formats[i]
		if f.Name == name || name == "" || slices.Contains(f.Aliases, name) {
			return f
		}
	}
	return nil
}

// A Job is the writing of one rule in one language. It collects what is wrong
// and what there is to know.
type Job struct {
	Backend  *Backend
	Rule     *ir.Rule
	Format   *Format           // what the query is written in; nil is the query alone
	Settings map[string]string // checked against the backend's Settings, and those of the format

	// Correlated says that the query is that of a correlation: all of it, not
	// a condition. Inside are the settings of its rules.
	Correlated bool
	Inside     map[*ir.Member]map[string]string

	Errors   sigma.ErrorList
	Warnings sigma.ErrorList

	warned map[sigma.Error]struct{} // the warnings, hints left out
}

// Setting returns the value of a setting, its default where it was not given.
func (j *Job) Setting(name string) string {
	if v, ok := j.Settings[name]; ok {
		return v
	}
	if s := j.Backend.Setting(name); s != nil {
		return s.Default
	}
	if s := j.Format.Setting(name); s != nil {
		return s.Default
	}
	return ""
}

// State returns what the pipelines noted under the first of the keys that is
// set, or otherwise.
func (j *Job) State(otherwise string, keys ...string) string {
	for _, k := range keys {
		if v := j.Rule.State[k]; v != "" {
			return v
		}
	}
	return otherwise
}

// Fail notes an error.
func (j *Job) Fail(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	j.Errors = append(j.Errors, &sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// Warn notes a warning. One that was noted before for the same place is left
// out.
func (j *Job) Warn(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	w := sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...)}
	if _, ok := j.warned[w]; ok {
		return
	}
	if j.warned == nil {
		j.warned = make(map[sigma.Error]struct{})
	}
	j.warned[w] = struct{}{}
	w.Hint = hint
	j.Warnings = append(j.Warnings, &w)
}

// Unsupported notes that the language cannot say something, and who can.
func (j *Job) Unsupported(pos sigma.Pos, what, hint string) {
	j.Fail(pos, sigma.Unsupported, hint, "%s cannot say %s", j.Backend.Title, what)
}

// A Field is a field as a test sees it: its name in the target and what the
// schema knows of it.
type Field struct {
	sigma.Pos        // of the detection item
	Name      string // in the target's terms, not yet quoted
	Column    schema.Column
	Known     bool // the column is one of the schema's
}

// Type returns the type of the field's column.
func (f Field) Type() schema.Type { return f.Column.Type }

// FieldOf returns the field that a match tests.
func (j *Job) FieldOf(m *ir.Match) Field { return j.field(m.Pos, m.Field) }

// field looks a field up in the schema of the rule.
func (j *Job) field(pos sigma.Pos, name string) Field {
	c, _ := j.Rule.Column(name)
	return Field{Pos: pos, Name: name, Column: c, Known: c.Type != schema.Unknown}
}

// Other returns the field that a reference names.
func (j *Job) Other(t *ir.FieldRef) Field { return j.field(t.Pos, t.Field) }

// Quote returns s between quotes, with each rune that escape has an answer
// for replaced by that answer.
func Quote(open, s, closing string, escape func(r rune) string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(open)
	done := 0
	for i, r := range s {
		if e := escape(r); e != "" {
			b.WriteString(s[done:i])
			b.WriteString(e)
			done = i + runeLen(s[i:], r)
		}
	}
	b.WriteString(s[done:])
	b.WriteString(closing)
	return b.String()
}
