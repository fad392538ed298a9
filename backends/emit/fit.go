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
	if c.Limit == 0 || c.Limit >= usualLimit {
		return
	}
	ir.WalkTests(t, func(t ir.Test) {
		switch t := t.(type) {
		case *ir.Text:
			if shape, _ := t.Pattern.Shape(); shape == ir.Exact || shape == ir.Any {
				return
			}
		case *ir.Regexp:
		default:
			return
		}
		j.Warn(t.Position(), sigma.Assumed, "", "no value of %s is taken to have more than %d characters: longer ones are not in its index (ignore_above)", f.Name, c.Limit)
	})
}

// usualLimit is the ignore_above of the Elastic Common Schema and of all that
// is made after it; the documentation tells of it once for all queries.
const usualLimit = 1024

// unmet returns why no value of a column passes a test whatever the column's
// type, or "".
func unmet(f Field, t ir.Test) string {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists, ir.AnyOf, ir.AllOf:
		return ""
	case *ir.Text:
		if shape, _ := t.Pattern.Shape(); shape == ir.Any {
			return ""
		}
		if n := shortest(t.Pattern); f.Column.Limit > 0 && n > f.Column.Limit {
			return fmt.Sprintf("its index has no values of more than %d characters (ignore_above), and this one has %d", f.Column.Limit, n)
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
