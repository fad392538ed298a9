package emit

import (
	"fmt"
	"unicode/utf16"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// fit notes what the schema says of a column besides its type: that no query
// finds its values, that its type is not the same everywhere, that the index
// lacks long values.
func fit(j *Job, f Field, t ir.Test) {
	c := f.Column
	if c.Barred != "" {
		j.Fail(f.Pos, sigma.BadFieldType, "", "no query of %s finds the values of %s: %s", j.Backend.Title, f.Name, c.Barred)
	}
	if c.Conflict != "" {
		j.Warn(f.Pos, sigma.Assumed, "name the schema of fewer tables or indices", "%s does not have one type, it is %s: the query is right where the type goes with the rule's value", f.Name, c.Conflict)
	}
	ir.WalkTests(t, func(t ir.Test) {
		cased := false
		switch t := t.(type) {
		case *ir.Text:
			if shape, _ := t.Pattern.Shape(); shape == ir.Exact || shape == ir.Any {
				return
			}
			cased = t.Cased
		case *ir.Regexp:
			cased = !t.IgnoreCase
		default:
			return
		}
		if limit := limitOf(j, f, cased); limit > 0 && limit < usualLimit {
			j.Warn(t.Position(), sigma.Assumed, "", "no value of %s is taken to have more than %d characters: longer ones are not in its index (ignore_above)", f.Name, limit)
		}
	})
}

// limitOf returns the length of the longest value in the index that a test is
// made of: that of the twin that folds case, where the language asks it.
func limitOf(j *Job, f Field, cased bool) int {
	if f.Column.Caseless != "" && !cased && j.Backend.Twins {
		twin, _ := j.Rule.Column(f.Column.Caseless)
		return twin.Limit
	}
	return f.Column.Limit
}

// usualLimit is the ignore_above of the Elastic Common Schema and of all that
// is made after it; the documentation tells of it once for all queries.
const usualLimit = 1024

// unmet returns why no value of a column passes a test whatever the column's
// type, or "".
func unmet(j *Job, f Field, t ir.Test) string {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists, ir.AnyOf, ir.AllOf:
		return ""
	case *ir.Text:
		if shape, _ := t.Pattern.Shape(); shape == ir.Any {
			return ""
		}
		if n, limit := shortest(t.Pattern), limitOf(j, f, t.Cased); limit > 0 && n > limit {
			return fmt.Sprintf("its index has no values of more than %d characters (ignore_above), and this one has %d", limit, n)
		}
	}
	if f.Column.Object {
		return "holds other fields and no value of its own"
	}
	return ""
}

// shortest returns how long the shortest text is that a pattern matches, as
// Elasticsearch counts.
func shortest(p ir.Pattern) int {
	n := 0
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			for _, r := range e.Text {
				n += max(utf16.RuneLen(r), 1)
			}
		case ir.Question, ir.Dash:
			n++
		}
	}
	return n
}
