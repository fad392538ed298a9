package splunkread

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// settle gives the tests of a data model's fields the meaning that they have
// there: the names of the events' fields, and for a field that the model or
// tstats fills, what the test is for the value that it is filled with. An event
// that is not in the data model by then has that value where it lacks the
// field.
func (rd *reader) settle(e readback.Expr, off int) (readback.Expr, error) {
	if rd.dataset == nil || e == nil {
		return e, nil
	}
	switch e := e.(type) {
	case readback.And:
		return settleAll(rd, e, off, func(es []readback.Expr) readback.Expr { return readback.And(es) })
	case readback.Or:
		return settleAll(rd, e, off, func(es []readback.Expr) readback.Expr { return readback.Or(es) })
	case *readback.Not:
		x, err := rd.settle(e.X, off)
		return &readback.Not{X: x}, err
	case *readback.Known:
		x, err := rd.settle(e.X, off)
		return &readback.Known{X: x}, err
	case *readback.Leaf:
		return rd.settleLeaf(e, off)
	}
	return e, nil
}

func settleAll(rd *reader, es []readback.Expr, off int, join func([]readback.Expr) readback.Expr) (readback.Expr, error) {
	out := make([]readback.Expr, len(es))
	for i, x := range es {
		y, err := rd.settle(x, off)
		if err != nil {
			return nil, err
		}
		out[i] = y
	}
	return join(out), nil
}

func (rd *reader) settleLeaf(l *readback.Leaf, off int) (readback.Expr, error) {
	if l.Field == "" {
		return nil, foreign(off, "a data model does not keep the raw event")
	}
	name, fill, err := rd.datasetField(l.Field, off)
	if err != nil {
		return nil, err
	}
	out := *l
	out.Field = name
	switch t := l.Test.(type) {
	case *ir.FieldRef:
		other, _, err := rd.datasetField(t.Field, off)
		if err != nil {
			return nil, err
		}
		ref := *t
		ref.Field = other
		out.Test = &ref
		return &out, nil // two fields that are filled are equal: a query keeps the value from it
	case *ir.Null:
		if fill != "" {
			return readback.Const(readback.No), nil
		}
	default:
		if fill != "" {
			out.Missing = readback.No
			if finds(l.Test, fill) {
				out.Missing = readback.Yes
			}
		}
	}
	return &out, nil
}

// datasetField returns the name that events have for a field of the data
// model, and what it is filled with.
func (rd *reader) datasetField(field string, off int) (name, fill string, err error) {
	d := rd.dataset
	if d.rows && !slices.Contains(d.groups, field) {
		return "", "", refused(off, "the rows of tstats have no field %q: it is not in by", field)
	}
	name = field
	if d.prefix != "" && !slices.Contains([]string{"_time", "host", "source", "sourcetype", "index"}, field) {
		plain, ok := strings.CutPrefix(field, d.prefix)
		if !ok {
			return "", "", foreign(off, "%q is no field of the dataset: its name begins with %s", field, d.prefix)
		}
		// Where nothing is known of the dataset, rules have the names of tstats.
		if _, known := rd.column(plain); known {
			name = plain
		}
	}
	if c, _ := rd.column(name); !rd.Unfilled {
		fill = c.Filled
	}
	if fill == "" && d.rows {
		fill = d.fill
	}
	return name, fill, nil
}

// finds reports whether a value passes a test.
func finds(t ir.Test, value string) bool {
	switch t := t.(type) {
	case *ir.Text:
		return matchesText(t, value)
	case *ir.Regexp:
		if t.Tree == nil {
			return false
		}
		re, err := regexp.Compile(t.Tree.String())
		return err == nil && re.MatchString(value)
	}
	return false // no number, address, truth value or time
}
