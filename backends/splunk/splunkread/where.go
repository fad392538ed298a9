package splunkread

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// whereClause reads the condition of where. It keeps the events for which "the
// evaluation was successful and the boolean result was true" (SPEC,
// searchbnf.conf).
func (rd *reader) whereClause(text string, off int) (readback.Expr, error) {
	if skipSpace(text, 0) == len(text) {
		return nil, refused(off, "where has no condition")
	}
	tree, err := parse(rd, whereParser(), &evalLexer{text: text, base: off})
	if err != nil {
		return nil, err
	}
	return rd.condition(xorNode(tree))
}

// condition returns what a boolean expression demands.
func (rd *reader) condition(n *node) (readback.Expr, error) {
	if err := rd.grow(n.off, 1); err != nil {
		return nil, err
	}
	switch n.kind {
	case nodeAnd:
		parts, err := rd.conjunction(n.args)
		return rd.combine(n.off, parts, err, all)
	case nodeOr:
		parts, err := rd.conditions(n.args)
		return rd.combine(n.off, parts, err, oneOf)
	case nodeNot:
		x, err := rd.condition(n.args[0])
		return &readback.Not{X: x}, err
	case nodeXor:
		return nil, foreign(n.off, "XOR is not read")
	case nodeCompare:
		return rd.compare(n)
	case nodeList:
		return rd.inList(n, n.args[0], n.args[1:])
	case nodeCall:
		return rd.conditionOfCall(n)
	}
	// "These eval-expressions must be Boolean expressions" (SR, where).
	return nil, refused(n.off, "a condition is expected: a value by itself is neither true nor false")
}

func (rd *reader) conditions(nodes []*node) ([]readback.Expr, error) {
	parts := make([]readback.Expr, len(nodes))
	for i, n := range nodes {
		e, err := rd.condition(n)
		if err != nil {
			return nil, err
		}
		parts[i] = e
	}
	return parts, nil
}

// combine joins conditions, in the way of the reading.
func (rd *reader) combine(off int, parts []readback.Expr, err error, join func([]readback.Expr) readback.Expr) (readback.Expr, error) {
	if err != nil {
		return nil, err
	}
	if !rd.NullSpreads {
		return join(parts), nil
	}
	var known []readback.Expr // that no part is NULL
	for _, p := range parts {
		if mayBeNull(p) {
			size := treeSize(p)
			if err := rd.grow(off, 2*size); err != nil {
				return nil, err
			}
			known = append(known, readback.Or{&readback.Known{X: p}, &readback.Known{X: &readback.Not{X: p}}})
		}
	}
	if known == nil {
		return join(parts), nil
	}
	isKnown := all(known)
	return readback.Or{readback.And{isKnown, join(parts)}, readback.And{&readback.Not{X: isKnown}, readback.Const(readback.Unknown)}}, nil
}

// mayBeNull reports whether an expression can be Unknown.
func mayBeNull(e readback.Expr) bool {
	switch e := e.(type) {
	case readback.And:
		return anyNull(e)
	case readback.Or:
		return anyNull(e)
	case *readback.Not:
		return mayBeNull(e.X)
	case *readback.Leaf:
		_, null := e.Test.(*ir.Null)
		return !null && e.Field != "" && e.Missing == readback.Unknown
	case readback.Const:
		return readback.Truth(e) == readback.Unknown
	}
	return false
}

func anyNull(es []readback.Expr) bool {
	for _, e := range es {
		if mayBeNull(e) {
			return true
		}
	}
	return false
}

func treeSize(e readback.Expr) int {
	size := 1
	switch e := e.(type) {
	case readback.And:
		for _, x := range e {
			size += treeSize(x)
		}
	case readback.Or:
		for _, x := range e {
			size += treeSize(x)
		}
	case *readback.Not:
		size += treeSize(e.X)
	case *readback.Known:
		size += treeSize(e.X)
	}
	return size
}

// conditionOfCall reads a function that is true or false.
func (rd *reader) conditionOfCall(n *node) (readback.Expr, error) {
	if err := checkCall(n); err != nil {
		return nil, err
	}
	switch n.text {
	case "true":
		return readback.Const(readback.Yes), nil
	case "false":
		return readback.Const(readback.No), nil
	case "isnull", "isnotnull":
		v, err := rd.value(n.args[0])
		if err != nil {
			return nil, err
		}
		e, err := rd.isNull(n.off, v)
		if n.text == "isnotnull" {
			e = &readback.Not{X: e}
		}
		return e, err
	case "in":
		return rd.inList(n, n.args[0], n.args[1:])
	case "like":
		return rd.like(n, n.args[0], n.args[1])
	case "match":
		return rd.match(n)
	case "cidrmatch":
		return rd.cidrMatch(n)
	case "searchmatch":
		return rd.searchMatch(n)
	case "if", "coalesce", "ifnull", "case", "validate", "isarray", "isbool", "isdouble", "isint", "ismv", "isnum", "isobject", "isstr":
		return nil, foreign(n.off, "%s() as a condition is not read", n.text)
	}
	return nil, refused(n.off, "%s() is neither true nor false", n.text)
}

// inList is in(), which compares as == does. "You can't use wildcards" in it
// (SR, in()).
func (rd *reader) inList(n, x *node, list []*node) (readback.Expr, error) {
	parts := make([]readback.Expr, len(list))
	for i, item := range list {
		e, err := rd.equal(n.off, x, item)
		if err != nil {
			return nil, err
		}
		parts[i] = e
	}
	return oneOf(parts), nil
}

// like reads a pattern: "true iff the first argument is like the SQLite pattern
// in the second" (SPEC, searchbnf.conf): % is any characters, _ is one.
// Whether a backslash escapes them is not documented.
func (rd *reader) like(n, x, pattern *node) (readback.Expr, error) {
	if pattern.kind != nodeString {
		return nil, foreign(pattern.off, "like() with a pattern that is no string is not read")
	}
	text, err := evalString(pattern)
	if err != nil {
		return nil, err
	}
	for i := range len(text) - 1 {
		if text[i] == '\\' && strings.IndexByte(`%_\`, text[i+1]) >= 0 {
			return nil, foreign(pattern.off, "whether a backslash escapes the character behind it in like() is not documented")
		}
	}
	v, err := rd.value(x)
	if err != nil {
		return nil, err
	}
	p := likePattern(text)
	return rd.each(n.off, v, func(c valueCase) (readback.Expr, error) { return rd.caseIs(n.off, c, p) })
}

func likePattern(text string) ir.Pattern {
	var p []ir.Element
	for text != "" {
		i := strings.IndexAny(text, "%_")
		if i < 0 {
			i = len(text)
		}
		p = append(p, ir.Element{Kind: ir.Literal, Text: text[:i]})
		if i < len(text) {
			kind := ir.Star
			if text[i] == '_' {
				kind = ir.Question
			}
			p = append(p, ir.Element{Kind: kind})
			i++
		}
		text = text[i:]
	}
	return ir.NewPattern(p...)
}

// match is match(): a regular expression anywhere in the text.
func (rd *reader) match(n *node) (readback.Expr, error) {
	pattern := n.args[1]
	if pattern.kind != nodeString {
		return nil, foreign(pattern.off, "match() with an expression that is no string is not read")
	}
	source := pattern.text
	if !rd.RawRegexps {
		var unknown string
		if source, unknown = decodeEvalRegexp(pattern.text); unknown != "" {
			return nil, foreign(pattern.off, "what %s means in a string of an expression is not documented", unknown)
		}
	}
	v, err := rd.value(n.args[0])
	if err != nil {
		return nil, err
	}
	if len(v) != 1 || v[0].kind != caseField || v[0].fold != asIs || v[0].num {
		return nil, foreign(n.off, "match() of anything but a field is not read")
	}
	return rd.matches(pattern.off, v[0].text, source, readback.Unknown)
}

// cidrMatch is cidrmatch(), which has the network first.
func (rd *reader) cidrMatch(n *node) (readback.Expr, error) {
	if n.args[0].kind != nodeString {
		return nil, foreign(n.off, "cidrmatch() with a network that is no string is not read")
	}
	text, err := evalString(n.args[0])
	if err != nil {
		return nil, err
	}
	net, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, foreign(n.args[0].off, "%q is no network in CIDR notation", text)
	}
	v, err := rd.value(n.args[1])
	if err != nil {
		return nil, err
	}
	if len(v) != 1 || v[0].kind != caseField || v[0].num {
		return nil, foreign(n.off, "cidrmatch() of anything but a field is not read")
	}
	return &readback.Leaf{Field: v[0].text, Test: &ir.CIDR{Prefix: net.Masked()}, Missing: readback.Unknown}, nil
}

// searchMatch is searchmatch(): "true iff the event matches the search string"
// (SPEC, searchbnf.conf).
func (rd *reader) searchMatch(n *node) (readback.Expr, error) {
	if n.args[0].kind != nodeString {
		return nil, refused(n.off, "searchmatch() takes a search in a string")
	}
	text, err := evalString(n.args[0])
	if err != nil {
		return nil, err
	}
	return rd.search(text, n.args[0].off+1)
}
