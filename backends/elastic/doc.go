// Package elastic has what the four languages of Elastic share: Lucene's
// regular expressions, what a test means for Elastic's field types, and lists
// of values of one field. The languages are in its folders: lucene
// (query_string), kql (Kibana), eql and esql.
//
// What the comments say of the engines' behaviour was read in Elastic's
// documentation and sources, and measured on OpenSearch and Elasticsearch 8.
package elastic

import (
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// CaseSetting is the setting that chooses between Sigma's meaning, which
// ignores case, and the language's own comparison, which is faster.
var CaseSetting = emit.Setting{
	Name:    "case",
	Doc:     "fold ignores case, as Sigma means it; native compares as the field's index does, which is faster",
	Default: "fold",
	Values:  []string{"fold", "native"},
	Cannot:  map[string][]string{"native": {"other-case", "odd-case"}},
}

// What no index holds, for the backends of Lucene and Kibana KQL.
var (
	// Cannot: a field that rules compare with whole numbers is mapped as long,
	// which makes 403 of "0403" and of 403.0 alike, and cuts fractions off
	// (Elasticsearch Reference, "coerce"). A field of booleans has no other values.
	// One of addresses has ::ffff:10.0.0.1 as 10.0.0.1 and no zone, as one of
	// Elasticsearch's own functions reads a text (Lucene, InetAddressPoint).
	Cannot = []string{"fraction", "number-as-text", "wrong-type", "odd-address"}

	// CannotTyped: a document with a value that its field's type does not
	// have, such as "-" in a field of addresses, is refused, or indexed without
	// the field (Elasticsearch Reference, "ignore_malformed").
	CannotTyped = []string{"wrong-type"}

	// CannotKeywords is Cannot for the languages that have no search of the
	// whole event: the setting keyword_fields names the fields, and a warning
	// says so.
	CannotKeywords = append([]string{"any-keyword"}, Cannot...)
)

// Native reports whether the user chose the language's own comparison of
// case.
func Native(j *emit.Job) bool { return j.Setting("case") == "native" }

// Indexed returns the field to search and whether its index folds case: the
// twin that folds, where there is one and the test ignores case.
func Indexed(f emit.Field, cased bool) (name string, folds bool) {
	switch {
	case f.Type() == schema.Caseless:
		return f.Name, true
	case !cased && f.Column.Caseless != "":
		return f.Column.Caseless, true
	}
	return f.Name, f.Type() == schema.Text
}

// FoldText returns the text as EQL and ES|QL can seek it in a column whose
// index folds case: without regard to case, with a warning where that matters.
func FoldText(p *emit.Printer, f emit.Field, t *ir.Text) *ir.Text {
	if f.Type() != schema.Caseless || !t.Cased || !emit.PatternHas(t.Pattern, emit.HasLetters) {
		return t
	}
	p.Warn(t.Pos, p.More(), "", "the index of %s folds case: other cases of the value are found too", f.Name)
	return &ir.Text{Pos: t.Pos, Pattern: t.Pattern}
}

// FoldRegexp is FoldText for regular expressions.
func FoldRegexp(p *emit.Printer, f emit.Field, t *ir.Regexp) *ir.Regexp {
	if f.Type() != schema.Caseless || t.IgnoreCase || t.Source == "" {
		return t
	}
	folded := *t
	folded.IgnoreCase = true
	if folded.Parse() != nil || folded.Tree == nil {
		return t
	}
	p.Warn(t.Pos, p.More(), "", "the index of %s folds case: the expression matches in any case", f.Name)
	return &folded
}

// CaseMatters reports whether a text has letters and must be compared without
// regard to their case.
func CaseMatters(t *ir.Text) bool {
	return !t.Cased && emit.PatternHas(t.Pattern, emit.HasLetters)
}

// HoldsText reports whether values of a field of that type are stored as
// strings.
func HoldsText(t schema.Type) bool { return t.IsString() || t == schema.Dynamic }

// StringsOnly notes an error where a test of a part of a string, or by a
// regular expression, is made of a field that holds no strings. The engine
// would refuse the query, or find nothing.
func StringsOnly(p *emit.Printer, f emit.Field, pos sigma.Pos, what string) {
	if HoldsText(f.Type()) {
		return
	}
	hint := "esql can: it reads the value as text"
	if f.Type() == schema.IP {
		hint = "write a network with the modifier cidr; " + hint
	}
	p.Fail(pos, sigma.BadFieldType, hint, "%s is of type %s, which %s cannot search by %s", f.Name, f.Type(), p.Backend.Title, what)
}

// Ordered notes what a comparison by "greater" or "less" rests on: where the
// index holds strings it compares them by character, "10" before "9".
func Ordered(p *emit.Printer, f emit.Field, t *ir.Compare) {
	switch {
	case t.Op == ir.Eq || f.Type().IsNumber() || f.Type() == schema.Time:
	case f.Known && HoldsText(f.Type()):
		p.Fail(t.Pos, sigma.BadFieldType, "esql can: it reads the text as a number",
			"%s is of type %s, which %s cannot compare with a number", f.Name, f.Type(), p.Backend.Title)
	case !f.Known:
		p.Warn(t.Pos, sigma.Assumed, "a pipeline that names a schema tells the type", "%s is taken to be mapped as a number", f.Name)
	}
}

// Addresses notes that a field of unknown type is taken to be one of
// addresses.
func Addresses(p *emit.Printer, f emit.Field) {
	if !f.Known {
		p.Warn(f.Pos, sigma.Assumed, "a pipeline that names a schema tells the type", "%s is taken to be mapped as ip", f.Name)
	}
}
