package sigma

import (
	"errors"
	"sort"
	"strings"
)

// A Code names a class of mistakes, stable across releases, for programs that
// sort errors. A Code is itself an error, so that
// errors.Is(err, sigma.Unsupported) works.
type Code string

// Error returns the code's name.
func (c Code) Error() string { return string(c) }

// OfTarget reports whether an error with the code says what a target cannot do
// with a rule, and not what is wrong with it: its language cannot say it, a
// pipeline refuses it, or its tables lack a field or have it in another type.
func (c Code) OfTarget() bool {
	switch c {
	case Unsupported, RuleRejected, UnknownField, UnknownTable, BadFieldType:
		return true
	}
	return false
}

// The codes of errors.
const (
	BadYAML        Code = "bad-yaml"        // the text is not YAML, or YAML that a rule cannot be
	DuplicateKey   Code = "duplicate-key"   // a mapping has the same key twice (A8)
	Limit          Code = "limit"           // the input is larger or deeper than is accepted (A9, N15)
	MissingKey     Code = "missing-key"     // a mandatory attribute is absent
	BadType        Code = "bad-type"        // an attribute has another YAML type than the specification says
	BadValue       Code = "bad-value"       // an attribute's value is not one of those allowed
	BadDetection   Code = "bad-detection"   // a detection that cannot mean anything
	BadCondition   Code = "bad-condition"   // a condition that does not parse
	UnknownName    Code = "unknown-name"    // a condition or correlation names what does not exist (N9, N10, C5)
	BadModifier    Code = "bad-modifier"    // an unknown modifier, or one that does not go with its value or neighbours
	BadRegexp      Code = "bad-regexp"      // a regular expression that no target could read
	BadCIDR        Code = "bad-cidr"        // a network that is none
	BadPlaceholder Code = "bad-placeholder" // a placeholder that nothing filled (P5)
	BadPipeline    Code = "bad-pipeline"    // a processing pipeline that cannot be used
	RuleRejected   Code = "rule-rejected"   // a pipeline refused the rule
	BadSchema      Code = "bad-schema"      // a schema that cannot be read or used
	UnknownField   Code = "unknown-field"   // a field that the target's schema does not have
	UnknownTable   Code = "unknown-table"   // a table that the target's schema does not have
	BadFieldType   Code = "bad-field-type"  // a test that the field's type in the target cannot have
	BadSetting     Code = "bad-setting"     // a setting of a target that does not exist or has a wrong value
	Unsupported    Code = "unsupported"     // the target language cannot say it
	Unreadable     Code = "unreadable"      // a file or folder that cannot be read
	WrongQuery     Code = "wrong-query"     // a query, read back, is not what the rule means
)

// The codes of warnings and notes.
const (
	Deprecated   Code = "deprecated"    // an old spelling, still read
	Style        Code = "style"         // a spelling that another tool may not read
	MatchesLess  Code = "matches-less"  // the query finds fewer events than the rule means
	MatchesMore  Code = "matches-more"  // the query finds more events than the rule means
	Assumed      Code = "assumed"       // the query is right if an assumption, which the warning names, holds
	NotEvaluated Code = "not-evaluated" // a part of the rule that has no bearing on the query
	NotVerified  Code = "not-verified"  // a query that could not be compared with its rule
)

// An Error is one thing that is wrong, or, as a warning, one thing to know.
type Error struct {
	Pos
	Code Code
	Msg  string // what is wrong; lower case, no full stop
	Hint string // what would be right; may be empty
}

// Error returns "file:line:col: message (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Pos.File != nil || e.IsValid() {
		b.WriteString(e.Pos.String())
		b.WriteString(": ")
	}
	b.WriteString(e.Text())
	return b.String()
}

// Text returns the message and the hint without the place.
func (e *Error) Text() string {
	if e.Hint == "" {
		return e.Msg
	}
	return e.Msg + " (" + e.Hint + ")"
}

// Unwrap returns the code, for errors.Is.
func (e *Error) Unwrap() error { return e.Code }

// An ErrorList is all that is wrong with a file or a rule.
type ErrorList []*Error

// Error returns the errors, a line each.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors, for errors.Is and errors.As.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// Sort orders the list by file, line and column. Errors of one place keep
// their order.
func (l ErrorList) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Pos, l[j].Pos
		if a.Name() != b.Name() {
			return a.Name() < b.Name()
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
}

// Err returns the list as an error, or nil where it is empty.
func (l ErrorList) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Errors returns the list that err is, or holds, or a list of one made from
// it. A nil error gives an empty list.
func Errors(err error) ErrorList {
	if err == nil {
		return nil
	}
	var list ErrorList
	if errors.As(err, &list) {
		return list
	}
	var one *Error
	if errors.As(err, &one) {
		return ErrorList{one}
	}
	return ErrorList{{Code: Unreadable, Msg: err.Error()}}
}
