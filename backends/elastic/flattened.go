package elastic

import (
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// tables reports whether the language sees an index as a table whose columns
// have types, as EQL and ES|QL do: they refuse a query with a field of a type
// that they do not know, or of several types ("Cannot use field [x] with
// unsupported type [flattened]", "due to ambiguities being mapped as [2]
// incompatible types").
func tables(j *emit.Job) bool { return j.Backend.Name == "eql" || j.Backend.Name == "esql" }

// readable notes an error where the language refuses a field for its type.
func readable(j *emit.Job, f emit.Field) {
	switch {
	case !tables(j):
	case f.Column.Flattened:
		j.Fail(f.Pos, sigma.BadFieldType, "lucene and kql search its values as a whole and by their beginning", "%s is of Elastic's type flattened, which %s does not read", f.Name, j.Backend.Title)
	case f.Column.Conflict != "":
		j.Fail(f.Pos, sigma.BadFieldType, "lucene and kql search each index by its own type", "%s does not have one type, it is %s, and %s refuses such a field", f.Name, f.Column.Conflict, j.Backend.Title)
	}
}

// flattened notes errors where a test of a part of a flattened field is more
// than a whole value or its beginning. That is all that Elasticsearch finds
// there ("[wildcard] queries are not currently supported on keyed [flattened]
// fields", nor are [regexp] queries), and only in the case as written.
func flattened(j *emit.Job, f emit.Field, t ir.Test) {
	if tables(j) {
		return
	}
	fail := func(t ir.Test, what, hint string) {
		j.Fail(t.Position(), sigma.BadFieldType, hint, "%s is of Elastic's type flattened, which is not searched %s", f.Name, what)
	}
	folds := j.Backend.Setting(CaseSetting.Name) != nil && !Native(j)
	ir.WalkTests(t, func(t ir.Test) {
		switch t := t.(type) {
		case *ir.Regexp:
			fail(t, "by a regular expression", "")
		case *ir.Text:
			shape, _ := t.Pattern.Shape()
			switch {
			case shape != ir.Exact && shape != ir.Prefix:
				fail(t, "by a part of its text", "whole values and their beginnings are found")
			case folds && CaseMatters(t):
				fail(t, "without regard to case", "the setting case=native searches it in the case as written")
			}
		}
	})
}
