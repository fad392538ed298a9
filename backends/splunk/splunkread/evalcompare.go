package splunkread

import (
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// compare reads a comparison. "=" and "==" are the same ([eval-compare-exp] of
// SPEC, searchbnf.conf).
func (rd *reader) compare(n *node) (readback.Expr, error) {
	a, b := n.args[0], n.args[1]
	switch n.text {
	case "!=":
		e, err := rd.compare(&node{off: n.off, kind: nodeCompare, text: "==", args: n.args})
		return &readback.Not{X: e}, err
	case "LIKE", "like":
		return rd.like(n, a, b)
	}
	for _, read := range [...]func(*node) readback.Expr{rd.timePart, rd.prefixReference, rd.substringReference} {
		if e := read(n); e != nil {
			return e, nil
		}
	}
	if n.text == "=" || n.text == "==" {
		return rd.equal(n.off, a, b)
	}
	return rd.less(n, a, b)
}

// equal is a==b.
func (rd *reader) equal(off int, a, b *node) (readback.Expr, error) {
	va, err := rd.value(a)
	if err != nil {
		return nil, err
	}
	vb, err := rd.value(b)
	if err != nil {
		return nil, err
	}
	if constant(va) {
		va, vb = vb, va
	}
	switch {
	case constant(vb):
		return rd.each(off, va, func(c valueCase) (readback.Expr, error) { return rd.equalConstant(off, c, vb[0]) })
	case len(va) == 1 && len(vb) == 1 && va[0].kind == caseField && vb[0].kind == caseField:
		return reference(off, va[0], vb[0], ir.Exact)
	}
	return nil, foreign(off, "a comparison of two computed values is not read")
}

// constant reports whether a value is a string or number.
func constant(v value) bool {
	return len(v) == 1 && (v[0].kind == caseText || v[0].kind == caseNumber)
}

// equalConstant compares a case, which is not NULL, with a constant.
func (rd *reader) equalConstant(off int, c, k valueCase) (readback.Expr, error) {
	switch {
	case c.kind != caseField && c.kind != caseCaptured && c.kind == k.kind:
		return truth(sameConstant(c, k)), nil
	case c.kind == caseField && c.num && k.kind == caseNumber:
		return numberLeaf(c, ir.Eq, k.text), nil
	case k.kind == caseText && !isNumber(k.text):
		return rd.caseIs(off, c, ir.Plain(k.text))
	}
	// Text and number: how == converts is not documented.
	return nil, foreign(off, "whether == compares a text with the number %q as numbers is not documented: compare tonumber()", k.text)
}

func sameConstant(a, b valueCase) bool {
	if a.kind == caseText {
		return a.text == b.text
	}
	x, _ := ir.ParseNumber(a.text)
	y, _ := ir.ParseNumber(b.text)
	return x == y
}

func truth(yes bool) readback.Const {
	if yes {
		return readback.Const(readback.Yes)
	}
	return readback.Const(readback.No)
}

// caseIs tests a case, which is not NULL, with a pattern. "The <eval-expression>
// is case-sensitive" (SR, where).
func (rd *reader) caseIs(off int, c valueCase, p ir.Pattern) (readback.Expr, error) {
	test := &ir.Text{Pattern: p, Cased: true}
	switch {
	case c.kind == caseText:
		return truth(matchesText(test, c.text)), nil
	case c.kind != caseField || c.num:
		return nil, foreign(off, "a comparison of this value with a text is not read")
	case c.fold != asIs && !foldedPattern(p, c.fold):
		return &readback.Not{X: anyValue(c)}, nil // no lower-case text has a capital
	case c.fold != asIs:
		test.Cased = false
	}
	return &readback.Leaf{Field: c.text, Test: test, Missing: readback.Unknown}, nil
}

// anyValue is Yes where a case has a value and NULL where it has none.
func anyValue(c valueCase) readback.Expr {
	return &readback.Leaf{Field: c.text, Test: &ir.Text{Pattern: ir.Pattern{{Kind: ir.Star}}}, Missing: readback.Unknown}
}

// foldedPattern reports whether lower() or upper() leaves a pattern's text as
// it is.
func foldedPattern(p ir.Pattern, fold foldKind) bool {
	for _, e := range p {
		if fold == lowered && strings.ToLower(e.Text) != e.Text || fold == uppered && strings.ToUpper(e.Text) != e.Text {
			return false
		}
	}
	return true
}

// matchesText reports whether a text passes a test.
func matchesText(t *ir.Text, text string) bool {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, e := range t.Pattern {
		switch e.Kind {
		case ir.Star:
			b.WriteString(".*")
		case ir.Question:
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(e.Text))
		}
	}
	b.WriteString(`\z`)
	source := b.String()
	if !t.Cased {
		source = "(?i)" + source
	}
	re, err := regexp.Compile(source)
	return err == nil && re.MatchString(text)
}

// equalsComputed is equals for a field that eval or rex computed.
func (rd *reader) equalsComputed(v value, l literal, missing readback.Truth) (readback.Expr, error) {
	test, isText := rd.searchTest(l).(*ir.Text)
	exists := isStars(l.text)
	if !isText && !exists {
		return nil, foreign(l.off, "a network or pattern is not read for a computed field")
	}
	if err := rd.weigh(l.off, v); err != nil {
		return nil, err
	}
	parts := make([]readback.Expr, len(v))
	for i, c := range v {
		var e readback.Expr
		switch {
		case c.kind == caseNull:
			e = truth(missing == readback.Yes)
		case exists && c.kind == caseCaptured:
			e = truth(true)
		case c.kind == caseField && c.fold == asIs && !c.num:
			e = rd.equalsField(c.text, l, missing)
		case c.kind == caseText || c.kind == caseNumber:
			e = truth(matchesText(test, c.text))
		default:
			return nil, foreign(l.off, "a test of this computed field is not read")
		}
		if c.when != nil {
			e = readback.And{c.when, e}
		}
		parts[i] = e
	}
	return oneOf(parts), nil
}

// less is a<b and the like.
func (rd *reader) less(n, a, b *node) (readback.Expr, error) {
	va, err := rd.value(a)
	if err != nil {
		return nil, err
	}
	vb, err := rd.value(b)
	if err != nil {
		return nil, err
	}
	if !constant(vb) || len(va) != 1 || va[0].kind != caseField {
		return nil, foreign(n.off, "this comparison is not read: a field on the left and a constant on the right are")
	}
	c, op := va[0], opOf(n.text)
	switch {
	case c.num && vb[0].kind == caseNumber:
		return numberLeaf(c, op, vb[0].text), nil
	case c.fold == asIs && !c.num && vb[0].kind == caseText && !isNumber(vb[0].text):
		test, err := lexicalTest(op, literal{off: b.off, text: vb[0].text})
		return &readback.Leaf{Field: c.text, Test: test, Missing: readback.Unknown}, err
	}
	return nil, foreign(n.off, "how a text compares with a number is not documented: compare tonumber()")
}

// numberLeaf compares tonumber() of a field, which is NULL for what is no
// number.
func numberLeaf(c valueCase, op ir.Op, text string) readback.Expr {
	test, _ := readback.Number(op, text)
	isNum := &readback.Leaf{Field: c.text, Test: numberTest(), Missing: readback.No}
	return readback.Or{
		readback.And{isNum, &readback.Leaf{Field: c.text, Test: test, Missing: readback.Unknown}},
		readback.And{&readback.Not{X: isNum}, readback.Const(readback.Unknown)},
	}
}
