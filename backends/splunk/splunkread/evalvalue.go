package splunkread

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A value is what an expression is worth: that one of its cases whose
// condition is Yes. Always exactly one is.
type value []valueCase

// A valueCase is one thing that a value may be.
type valueCase struct {
	when readback.Expr // has no Unknown; nil where there is no other case
	size int           // how many tests when has, those it shares with others included
	kind caseKind
	text string // a constant, or the name of a field as leaves have it
	fold foldKind
	num  bool // tonumber() of it
}

// A caseKind is what a case of a value is.
type caseKind uint8

// The kinds of cases.
const (
	caseField    caseKind = iota // the value of a field, or NULL
	caseText                     // a string
	caseNumber                   // a number
	caseNull                     // NULL
	caseCaptured                 // a text, not NULL, that is not known here
)

// A foldKind is whether a text went through lower() or upper().
type foldKind uint8

// The kinds of folding.
const (
	asIs foldKind = iota
	lowered
	uppered
)

// value returns what a node is worth.
func (rd *reader) value(n *node) (value, error) {
	switch n.kind {
	case nodeField:
		if v, ok := rd.fields[n.text]; ok {
			return v, nil
		}
		return value{{kind: caseField, text: rawField(n.text)}}, nil
	case nodeString:
		text, err := evalString(n)
		return value{{kind: caseText, text: text}}, err
	case nodeNumber:
		return value{{kind: caseNumber, text: n.text}}, nil
	case nodeCall:
		return rd.valueOfCall(n)
	case nodeCalc:
		return nil, foreign(n.off, "a calculation with %q is not read", n.text)
	}
	return nil, foreign(n.off, "the result of %s as a value is not read", n.text)
}

// evalString returns the text of a string of an expression.
func evalString(n *node) (string, error) {
	text, unknown := decodeEval(n.text)
	if unknown != "" {
		return "", foreign(n.off, "what %s means in a string of an expression is not documented: a backslash is written twice", unknown)
	}
	return text, nil
}

// valueOfCall returns what a function returns.
func (rd *reader) valueOfCall(n *node) (value, error) {
	if err := checkCall(n); err != nil {
		return nil, err
	}
	switch n.text {
	case "lower":
		return rd.folded(n, lowered)
	case "upper":
		return rd.folded(n, uppered)
	case "tonumber":
		return rd.toNumber(n)
	case "null":
		return value{{kind: caseNull}}, nil
	case "if":
		return rd.ifValue(n)
	case "coalesce", "ifnull":
		return rd.coalesce(n)
	}
	return nil, foreign(n.off, "the value of %s() is not read", n.text)
}

// folded is lower() or upper().
func (rd *reader) folded(n *node, fold foldKind) (value, error) {
	v, err := rd.value(n.args[0])
	if err != nil {
		return nil, err
	}
	out := make(value, len(v))
	for i, c := range v {
		switch {
		case c.kind == caseText && fold == lowered:
			c.text = strings.ToLower(c.text)
		case c.kind == caseText:
			c.text = strings.ToUpper(c.text)
		case c.kind == caseField && c.fold == asIs && !c.num:
			c.fold = fold
		case c.kind != caseNull:
			return nil, foreign(n.off, "%s() of this is not read", n.text)
		}
		out[i] = c
	}
	return out, nil
}

// toNumber is tonumber() of a field. Of a text that is no number it is taken
// to be NULL.
func (rd *reader) toNumber(n *node) (value, error) {
	if len(n.args) > 1 {
		return nil, foreign(n.off, "tonumber() with a base is not read")
	}
	v, err := rd.value(n.args[0])
	if err != nil {
		return nil, err
	}
	if len(v) != 1 || v[0].kind != caseField || v[0].fold != asIs {
		return nil, foreign(n.off, "tonumber() of anything but a field is not read")
	}
	c := v[0]
	c.num = true
	return value{c}, nil
}

// ifValue is if(): "The function returns the second argument if it evaluates to
// true, and the third otherwise" (SPEC, searchbnf.conf), so NULL is no.
func (rd *reader) ifValue(n *node) (value, error) {
	before := rd.size
	cond, err := rd.condition(n.args[0])
	if err != nil {
		return nil, err
	}
	size := rd.size - before
	yes, err := rd.value(n.args[1])
	if err != nil {
		return nil, err
	}
	no, err := rd.value(n.args[2])
	if err != nil {
		return nil, err
	}
	known := &readback.Known{X: cond}
	out := append(yes.under(known, size), no.under(&readback.Not{X: known}, size)...)
	return out, checkCases(n.off, out)
}

// maxCases bounds how many cases a value has.
const maxCases = 1000

func checkCases(off int, v value) error {
	if len(v) > maxCases {
		return foreign(off, "a value with more than %d cases is not read", maxCases)
	}
	return nil
}

// under returns the cases of a value with one more condition, of that many
// tests.
func (v value) under(when readback.Expr, size int) value {
	out := make(value, len(v))
	for i, c := range v {
		c.size = min(c.size+size, maxTree+1)
		if c.when != nil {
			c.when = readback.And{when, c.when}
		} else {
			c.when = when
		}
		out[i] = c
	}
	return out
}

// coalesce "returns the first value that is not null" (SPEC, searchbnf.conf).
func (rd *reader) coalesce(n *node) (value, error) {
	var out value
	var nulls []readback.Expr // that all arguments so far are NULL
	size := 0                 // of nulls
	for _, a := range n.args {
		v, err := rd.value(a)
		if err != nil {
			return nil, err
		}
		before := rd.size
		isNull, err := rd.isNull(n.off, v)
		if err != nil {
			return nil, err
		}
		size += rd.size - before
		there := slices.Concat(nulls, []readback.Expr{&readback.Not{X: isNull}})
		for _, c := range v.under(all(there), size) {
			if c.kind != caseNull {
				out = append(out, c)
			}
		}
		nulls = append(nulls, isNull)
		if err := checkCases(n.off, out); err != nil {
			return nil, err
		}
	}
	return append(out, valueCase{when: all(nulls), size: size, kind: caseNull}), nil
}

// weigh counts a test of each case of a value.
func (rd *reader) weigh(off int, v value) error {
	size := 0
	for _, c := range v {
		if size += c.size + 1; size > maxTree {
			break
		}
	}
	return rd.grow(off, size)
}

// isNull is isnull().
func (rd *reader) isNull(off int, v value) (readback.Expr, error) {
	if err := rd.weigh(off, v); err != nil {
		return nil, err
	}
	var parts []readback.Expr
	for _, c := range v {
		e := readback.Expr(readback.Const(readback.No))
		switch {
		case c.kind == caseNull:
			e = readback.Const(readback.Yes)
		case c.kind == caseField && c.num:
			e = &readback.Not{X: &readback.Leaf{Field: c.text, Test: numberTest(), Missing: readback.No}}
		case c.kind == caseField && c.text != "":
			e = &readback.Leaf{Field: c.text, Test: &ir.Null{}}
		}
		if c.when != nil {
			e = readback.And{c.when, e}
		}
		parts = append(parts, e)
	}
	return oneOf(parts), nil
}

// each returns what holds of a value where test says it of one case. What
// holds of NULL is not known.
func (rd *reader) each(off int, v value, test func(c valueCase) (readback.Expr, error)) (readback.Expr, error) {
	if err := rd.weigh(off, v); err != nil {
		return nil, err
	}
	parts := make([]readback.Expr, len(v))
	for i, c := range v {
		e := readback.Expr(readback.Const(readback.Unknown))
		if c.kind != caseNull {
			var err error
			if e, err = test(c); err != nil {
				return nil, err
			}
		}
		if c.when != nil {
			e = readback.And{c.when, e}
		}
		parts[i] = e
	}
	return oneOf(parts), nil
}
