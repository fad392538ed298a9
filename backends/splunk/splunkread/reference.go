package splunkread

import (
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// reference compares two fields. It is NULL where one of them is.
func reference(off int, a, b valueCase, shape ir.Shape) (readback.Expr, error) {
	switch {
	case a.num || b.num || a.fold != b.fold || a.text == "" || b.text == "":
		return nil, foreign(off, "this comparison of two fields is not read")
	case a.text == "_time" || b.text == "_time":
		return nil, foreign(off, "a comparison with the time of the event is not read")
	}
	return &readback.Leaf{Field: a.text, Missing: readback.Unknown, Test: &ir.FieldRef{Field: b.text, Shape: shape, Cased: a.fold == asIs}}, nil
}

// prefixReference reads substr(a,1,len(b))==b, with a and b in lower() or not:
// the one field begins with the other. It returns nil for anything else.
func (rd *reader) prefixReference(n *node) readback.Expr {
	left, right := n.args[0], n.args[1]
	if n.text != "==" && n.text != "=" || left.kind != nodeCall || left.text != "substr" || len(left.args) != 3 || !isOne(left.args[1]) || !isLenOf(left.args[2], right) {
		return nil
	}
	return rd.fieldPair(left.args[0], right, ir.Prefix)
}

// conjunction reads the parts of an AND. Two neighbours together may say that
// a field ends with another one:
//
//	len(a)-len(b)>=0 AND substr(a,len(a)-len(b)+1)==b
func (rd *reader) conjunction(nodes []*node) ([]readback.Expr, error) {
	var parts []readback.Expr
	for i := 0; i < len(nodes); i++ {
		if i+1 < len(nodes) {
			if e := rd.suffixReference(nodes[i], nodes[i+1]); e != nil {
				parts = append(parts, e)
				i++
				continue
			}
		}
		e, err := rd.condition(nodes[i])
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	return parts, nil
}

func (rd *reader) suffixReference(enough, ends *node) readback.Expr {
	if enough.kind != nodeCompare || enough.text != ">=" || !isNumeral(enough.args[1], "0") ||
		ends.kind != nodeCompare || ends.text != "==" && ends.text != "=" {
		return nil
	}
	left, right := ends.args[0], ends.args[1]
	if left.kind != nodeCall || left.text != "substr" || len(left.args) != 2 {
		return nil
	}
	from := left.args[1]
	if !isCalc(from, "+") || !isOne(from.args[1]) || !sameNode(from.args[0], enough.args[0]) {
		return nil
	}
	spare := enough.args[0]
	if !isCalc(spare, "-") || !isLenOf(spare.args[0], left.args[0]) || !isLenOf(spare.args[1], right) {
		return nil
	}
	return rd.fieldPair(left.args[0], right, ir.Suffix)
}

// substringReference reads mvcount(split(a,b))>1: split at the other one, the
// field has more than one part. It returns nil for anything else.
func (rd *reader) substringReference(n *node) readback.Expr {
	count := n.args[0]
	if n.text != ">" || !isOne(n.args[1]) || count.kind != nodeCall || count.text != "mvcount" || len(count.args) != 1 {
		return nil
	}
	split := count.args[0]
	if split.kind != nodeCall || split.text != "split" || len(split.args) != 2 {
		return nil
	}
	return rd.fieldPair(split.args[0], split.args[1], ir.Substring)
}

// fieldPair returns the reference from one field to another, each in lower()
// or not.
func (rd *reader) fieldPair(a, b *node, shape ir.Shape) readback.Expr {
	if bareField(a) == "" || bareField(b) == "" {
		return nil
	}
	va, err := rd.value(a)
	if err != nil || len(va) != 1 || va[0].kind != caseField {
		return nil
	}
	vb, err := rd.value(b)
	if err != nil || len(vb) != 1 || vb[0].kind != caseField {
		return nil
	}
	e, err := reference(a.off, va[0], vb[0], shape)
	if err != nil {
		return nil
	}
	return e
}

// bareField returns the name of the field that a node is, in lower() or not.
func bareField(n *node) string {
	if n.kind == nodeCall && n.text == "lower" && len(n.args) == 1 {
		n = n.args[0]
	}
	if n.kind == nodeField {
		return n.text
	}
	return ""
}

// isLenOf reports whether a node is len() of the field that another one is.
// lower() leaves the length as it is.
func isLenOf(n, of *node) bool {
	return n.kind == nodeCall && n.text == "len" && len(n.args) == 1 && bareField(n.args[0]) != "" && bareField(n.args[0]) == bareField(of)
}

func isOne(n *node) bool { return isNumeral(n, "1") }

func isNumeral(n *node, text string) bool { return n.kind == nodeNumber && n.text == text }

func isCalc(n *node, op string) bool { return n.kind == nodeCalc && n.text == op && len(n.args) == 2 }

// sameNode reports whether two nodes are written alike.
func sameNode(a, b *node) bool {
	if a.kind != b.kind || a.text != b.text || len(a.args) != len(b.args) {
		return false
	}
	for i := range a.args {
		if !sameNode(a.args[i], b.args[i]) {
			return false
		}
	}
	return true
}

// timePart reads tonumber(strftime(_time,"%H"))>=5 and the like: a part of
// the event's time. It returns nil for anything else.
func (rd *reader) timePart(n *node) readback.Expr {
	call := n.args[0]
	if call.kind != nodeCall || call.text != "tonumber" || len(call.args) != 1 || n.args[1].kind != nodeNumber {
		return nil
	}
	format := call.args[0]
	if format.kind != nodeCall || format.text != "strftime" || len(format.args) != 2 || format.args[0].kind != nodeField ||
		format.args[0].text != "_time" || format.args[1].kind != nodeString {
		return nil
	}
	// SR, "Date and time format variables": %V is the week of ISO 8601.
	parts := map[string]ir.Part{"%M": ir.Minute, "%H": ir.Hour, "%d": ir.Day, "%V": ir.Week, "%m": ir.Month, "%Y": ir.Year}
	part, ok := parts[format.args[1].text]
	number, isNum := ir.ParseNumber(n.args[1].text)
	if !ok || !isNum {
		return nil
	}
	test := &ir.TimePart{Part: part, Op: opOf(n.text), Number: number}
	return &readback.Leaf{Field: "_time", Test: test, Missing: readback.Unknown}
}
