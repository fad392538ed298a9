package pipeline

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// argumentsKey is the state that lists the arguments of the table, which is
// then a function.
const argumentsKey = "query_table_arguments"

// tableParameter tells a table that is a function what the rule requires of
// its events anyway, so that it need not make the others first. It never
// takes the place of the condition.
type tableParameter struct {
	parameter, field string
	words            []string // what a list may have in it; nil: the parameter is one whole number
}

func makeTableParameter(p *params, _ *step) transformation {
	t := tableParameter{parameter: p.needText("parameter"), field: p.needText("field")}
	if n := p.take("words"); n != nil {
		t.words = p.texts(n, "words")
	}
	return t
}

func (t tableParameter) apply(w *run) {
	var values []string
	for _, e := range w.rule.Where {
		some, ok := demanded(e, t.field)
		if !ok {
			return
		}
		values = append(values, some...)
		slices.Sort(values)
		values = slices.Compact(values)
	}
	argument, ok := t.argument(values)
	if !ok {
		return
	}
	if before := w.rule.State[argumentsKey]; before != "" {
		argument = before + ", " + argument
	}
	w.setState(argumentsKey, argument)
}

// argument writes the parameter with its value: words that the step names, or
// one number, so that nothing else of a rule becomes a part of the query.
func (t tableParameter) argument(values []string) (string, bool) {
	if t.words == nil {
		return t.parameter + "=" + strings.Join(values, ""), len(values) == 1 && isWhole(values[0])
	}
	for _, v := range values {
		if !slices.Contains(t.words, v) {
			return "", false
		}
	}
	return t.parameter + `=dynamic(["` + strings.Join(values, `", "`) + `"])`, len(values) > 0
}

// isWhole reports whether s is a number of up to nine digits, as numbers are
// written.
func isWhole(s string) bool {
	return s != "" && len(s) < 10 && strings.Trim(s, "0123456789") == "" && (s[0] != '0' || s == "0")
}

// demanded returns values of which every event that e holds for has one in
// the field, as they are written, and whether there are such: it may miss
// that, where a negation is in the way.
func demanded(e ir.Expr, field string) ([]string, bool) {
	switch x := e.(type) {
	case ir.And:
		for _, y := range x {
			if values, ok := demanded(y, field); ok {
				return values, true
			}
		}
	case ir.Or:
		var all []string
		for _, y := range x {
			values, ok := demanded(y, field)
			if !ok {
				return nil, false
			}
			all = append(all, values...)
		}
		return all, len(x) > 0
	case *ir.Named:
		return demanded(x.X, field)
	case *ir.Match:
		if x.Field == field {
			return onlyValues(x.Test)
		}
	}
	return nil, false
}

// onlyValues returns the values that pass a test which is nothing but a list
// of plain ones.
func onlyValues(t ir.Test) ([]string, bool) {
	switch t := t.(type) {
	case ir.AnyOf:
		var all []string
		for _, u := range t {
			values, ok := onlyValues(u)
			if !ok {
				return nil, false
			}
			all = append(all, values...)
		}
		return all, len(t) > 0
	case *ir.Text:
		if shape, text := t.Pattern.Shape(); shape == ir.Exact {
			return []string{text}, true
		}
	case *ir.Compare:
		if t.Op == ir.Eq {
			return []string{string(t.Number)}, true
		}
	}
	return nil, false
}
