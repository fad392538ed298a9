package splunkread

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// term returns what a term of the search clause demands.
func (rd *reader) term(t *term) (readback.Expr, error) {
	if err := rd.grow(t.off, len(t.values)); err != nil {
		return nil, err
	}
	if t.op == "" {
		return rd.keyword(t.values[0])
	}
	// Of a data model's fields, tag is one like the others (CIM manual).
	if err := checkSearchField(t); err != nil && (rd.dataset == nil || t.field != "tag") {
		return nil, err
	}
	switch t.op {
	case "=", "IN":
		parts := make([]readback.Expr, len(t.values))
		for i, v := range t.values {
			e, err := rd.equals(t.field, v, readback.No)
			if err != nil {
				return nil, err
			}
			parts[i] = e
		}
		return oneOf(parts), nil
	case "!=":
		return rd.differs(t.field, t.values[0])
	}
	return rd.ordered(t)
}

// checkSearchField refuses names that are no fields of events.
func checkSearchField(t *term) error {
	switch {
	case t.field == "":
		return refused(t.off, "the name of the field is empty")
	case strings.Contains(t.field, "*"):
		return foreign(t.off, "a name that stands for several fields is not read: %q", t.field)
	case strings.Contains(t.field, "::"):
		return foreign(t.off, "an indexed field is not read: %q", t.field)
	}
	// [time-modifier] and [search-modifier] of SPEC, searchbnf.conf, but for
	// index, host, source and sourcetype, which events have as fields.
	switch name := t.field; name {
	case "earliest", "latest", "_index_earliest", "_index_latest", "timeformat", "starttime", "endtime", "starttimeu", "endtimeu",
		"tag", "eventtype", "eventtypetag", "hosttag", "savedsearch", "savedsplunk", "splunk_server", "splunk_federated_provider":
		return foreign(t.off, "%s does not compare a field of the event; it is not read", name)
	default:
		for _, unit := range [...]string{"minutes", "hours", "days", "months"} {
			switch name {
			case unit + "ago", "start" + unit + "ago", "end" + unit + "ago", "searchtimespan" + unit:
				return foreign(t.off, "%s does not compare a field of the event; it is not read", name)
			}
		}
	}
	return nil
}

// equals returns the test of one value: f=v. missing is what it is where the
// event lacks the field.
func (rd *reader) equals(field string, v literal, missing readback.Truth) (readback.Expr, error) {
	if v.directive == "TERM" {
		return nil, foreign(v.off, "what TERM() means for a field is not documented")
	}
	if computed, ok := rd.fields[field]; ok {
		return rd.equalsComputed(computed, v, missing)
	}
	return rd.equalsField(rawField(field), v, missing), nil
}

// equalsField is equals for a field of the event.
func (rd *reader) equalsField(field string, v literal, missing readback.Truth) readback.Expr {
	if isStars(v.text) {
		return rd.exists(field, missing)
	}
	return &readback.Leaf{Field: field, Test: rd.searchTest(v), Missing: missing}
}

// exists is f=*. NOT f=* finds exactly the events where the field is null or
// undefined (SR, search).
func (rd *reader) exists(field string, missing readback.Truth) readback.Expr {
	switch {
	case field == "":
		return readback.Const(readback.Yes) // _raw
	case missing == readback.Yes:
		return readback.Const(readback.Yes) // f!=* is its opposite
	case rd.StarNeedsText:
		some := ir.NewPattern(ir.Element{Kind: ir.Question}, ir.Element{Kind: ir.Star})
		return &readback.Leaf{Field: field, Test: &ir.Text{Pattern: some}, Missing: missing}
	}
	return &readback.Not{X: &readback.Leaf{Field: field, Test: &ir.Null{}}}
}

// rawField returns the name of a field as leaves have it: "" for the raw
// event.
func rawField(name string) string {
	if name == "_raw" {
		return ""
	}
	return name
}

// searchTest returns the test of a value that is not just stars.
func (rd *reader) searchTest(v literal) ir.Test {
	// "The search command supports IPv4 and IPv6 addresses and subnets that use
	// CIDR notation" (SR, search); IN is taken to compare as = does.
	if net, err := netip.ParsePrefix(v.text); err == nil {
		return &ir.CIDR{Prefix: net.Masked()}
	}
	// "By default, searches are case-insensitive." "host=CASE(LOCALHOST)" is
	// not (SM, "Use CASE() and TERM() to match phrases").
	cased := v.directive == "CASE"
	p := starPattern(v.text)
	if rd.StarInWord && hasInnerStar(p) {
		if t := rd.wordStars(p, cased); t != nil {
			return t
		}
	}
	return &ir.Text{Pattern: p, Cased: cased}
}

// starPattern reads the only wildcard: "The backslash symbol can't be used to
// escape the asterisk in search strings" (SM, "Backslashes").
func starPattern(text string) ir.Pattern {
	var p []ir.Element
	for i, piece := range strings.Split(text, "*") {
		if i > 0 {
			p = append(p, ir.Element{Kind: ir.Star})
		}
		p = append(p, ir.Element{Kind: ir.Literal, Text: piece})
	}
	return ir.NewPattern(p...)
}

func isStars(text string) bool { return text != "" && strings.Trim(text, "*") == "" }

func hasInnerStar(p ir.Pattern) bool {
	for i, e := range p {
		if e.Kind == ir.Star && i > 0 && i < len(p)-1 {
			return true
		}
	}
	return false
}

// differs is f!=v. It finds no event without the field, and f!=* none at all
// (SM, "Difference between != and NOT").
func (rd *reader) differs(field string, v literal) (readback.Expr, error) {
	e, err := rd.equals(field, v, readback.Yes)
	return &readback.Not{X: e}, err
}

// ordered is f<v and the like: numeric if both sides are numbers, else in
// lexicographic order (SR, search).
func (rd *reader) ordered(t *term) (readback.Expr, error) {
	v := t.values[0]
	if _, ok := rd.fields[t.field]; ok || v.directive != "" || strings.Contains(v.text, "*") {
		return nil, foreign(v.off, "%s%s is not read for a wildcard, a directive or a computed field", t.field, t.op)
	}
	field, op := rawField(t.field), opOf(t.op)
	lexical, err := lexicalTest(op, v)
	if err != nil {
		return nil, err
	}
	texts := &readback.Leaf{Field: field, Test: lexical}
	if !isNumber(v.text) {
		return texts, nil
	}
	number, _ := readback.Number(op, v.text)
	numbers := &readback.Leaf{Field: field, Test: number}
	if c, ok := rd.column(field); ok && c.Type.IsNumber() {
		return numbers, nil
	}
	isNum := &readback.Leaf{Field: field, Test: numberTest()}
	return readback.Or{readback.And{isNum, numbers}, readback.And{&readback.Not{X: isNum}, texts}}, nil
}

// opOf returns the comparison that an operator stands for.
func opOf(op string) ir.Op {
	switch op {
	case "<":
		return ir.Lt
	case "<=":
		return ir.Lte
	case ">":
		return ir.Gt
	case ">=":
		return ir.Gte
	}
	return ir.Eq
}

// nameIndex notes the index that the first clause names.
func (rd *reader) nameIndex(e readback.Expr) {
	parts, ok := e.(readback.And)
	if !ok {
		parts = readback.And{e}
	}
	for _, p := range parts {
		l, ok := p.(*readback.Leaf)
		if !ok || l.Field != "index" || rd.index != "" {
			continue
		}
		if t, ok := l.Test.(*ir.Text); ok {
			if shape, text := t.Pattern.Shape(); shape == ir.Exact {
				rd.index = text
			}
		}
	}
}
