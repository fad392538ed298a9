package luceneread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic/indexread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// compare reads "f:>5": "Ranges with one side unbounded can use the following
// syntax: age:>10 age:>=10 age:<10 age:<=10". The operator is looked for in the
// word once its escapes are resolved, so that it cannot be escaped.
func (r *reader) compare(field string, t token) (readback.Expr, error) {
	op, text := ir.Gt, t.text[1:]
	if t.text[0] == '<' {
		op = ir.Lt
	}
	if rest, ok := strings.CutPrefix(text, "="); ok {
		op, text = op+1, rest
	}
	return r.ordered(field, t, op, text)
}

// bound reads one end of a range, which may have a minus before it.
func (r *reader) bound() (t token, text string, err error) {
	t = r.now
	minus := ""
	if t.kind == minusToken {
		minus = "-"
		if err := r.advance(); err != nil {
			return t, "", err
		}
	}
	if r.now.kind != termToken && r.now.kind != phraseToken {
		return t, "", r.fail(r.now, "a range needs a value here")
	}
	text = minus + r.now.text
	if r.now.wild && minus == "" && len(r.now.pattern) == 1 {
		text = "*"
	}
	return t, text, r.advance()
}

// ordered returns the comparison; one with a star has no bound.
func (r *reader) ordered(field string, t token, op ir.Op, text string) (readback.Expr, error) {
	f, ok := indexread.Find(field, r.options)
	switch {
	case !ok:
		return readback.Const(readback.No), nil
	case field == "":
		return nil, &readback.Error{Offset: t.offset, Msg: "a range without a field is not known to the reader", Foreign: true}
	case text == "*":
		return f.Exists(), nil
	}
	x, msg := f.Compare(op, text)
	if msg != "" {
		return nil, &readback.Error{Offset: t.offset, Msg: msg, Foreign: strings.Contains(msg, "not known")}
	}
	return x, nil
}

// interval reads "[1 TO 5]" and "{1 TO 5}", square brackets for ends that are
// in the range, braces for ends that are not.
func (r *reader) interval(field string) (readback.Expr, error) {
	from, to := ir.Gte, ir.Lte
	if r.now.text == "{" {
		from = ir.Gt
	}
	if err := r.advance(); err != nil {
		return nil, err
	}
	low, lowText, err := r.bound()
	if err != nil {
		return nil, err
	}
	if r.now.kind != termToken || r.now.text != "TO" {
		return nil, r.fail(r.now, "TO must stand between the ends of a range")
	}
	if err := r.advance(); err != nil {
		return nil, err
	}
	high, highText, err := r.bound()
	if err != nil {
		return nil, err
	}
	switch {
	case r.now.kind != squareToken || r.now.text != "]" && r.now.text != "}":
		return nil, r.fail(r.now, "the range is not closed")
	case r.now.text == "}":
		to = ir.Lt
	}
	if err := r.advance(); err != nil {
		return nil, err
	}
	x, err := r.ordered(field, low, from, lowText)
	if err != nil {
		return nil, err
	}
	y, err := r.ordered(field, high, to, highText)
	if err != nil {
		return nil, err
	}
	return readback.And{x, y}, nil
}
