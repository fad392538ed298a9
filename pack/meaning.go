package pack

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Meaning returns a digest of what a rule means: of its log source and of its
// conditions as trees of tests, with filters that are about it. Words do not
// change it, nor do the names of searches and the order of what is linked by
// and, by or, or stands in a list. Two rules that match the same events may
// still have different digests.
func Meaning(r *ir.Rule) [32]byte {
	m := meaner{named: make(map[*ir.Named]digest)}
	return m.rule(r)
}

// MeaningOf is Meaning for a correlation, with all that it refers to.
func MeaningOf(c *ir.Correlation) [32]byte {
	m := meaner{named: make(map[*ir.Named]digest)}
	return m.correlation(c)
}

// A meaner computes digests from the leaves up, those of searches once.
type meaner struct{ named map[*ir.Named]digest }

// tell adds texts to a hash so that no two lists of them are the same.
func tell(h hash.Hash, texts ...string) {
	for _, t := range texts {
		fmt.Fprintf(h, "%d:%s", len(t), t)
	}
}

// done returns the digest of what was told.
func done(h hash.Hash) (d digest) {
	h.Sum(d[:0])
	return d
}

// leaf returns the digest of texts.
func leaf(texts ...string) digest {
	h := sha256.New()
	tell(h, texts...)
	return done(h)
}

// bunch returns the digest of parts whose order does not count, and of which
// two that are the same are one.
func bunch(kind string, parts []digest) digest {
	slices.SortFunc(parts, func(a, b digest) int { return bytes.Compare(a[:], b[:]) })
	parts = slices.Compact(parts)
	if len(parts) == 1 {
		return parts[0]
	}
	return row(kind, parts)
}

// row returns the digest of parts in their order.
func row(kind string, parts []digest) digest {
	h := sha256.New()
	tell(h, kind)
	for _, p := range parts {
		h.Write(p[:])
	}
	return done(h)
}

func (m *meaner) rule(r *ir.Rule) digest {
	parts := []digest{logSource(r.LogSource)}
	for _, e := range r.Where {
		parts = append(parts, m.expr(e))
	}
	return row("rule", parts)
}

func logSource(l sigma.LogSource) digest {
	texts := []string{"source", l.Category, l.Product, l.Service}
	for _, k := range slices.Sorted(maps.Keys(l.Custom)) {
		texts = append(texts, k, l.Custom[k])
	}
	return leaf(texts...)
}

func (m *meaner) expr(e ir.Expr) digest {
	switch e := e.(type) {
	case ir.And:
		return bunch("and", m.exprs(e))
	case ir.Or:
		return bunch("or", m.exprs(e))
	case *ir.Not:
		return row("not", []digest{m.expr(e.X)})
	case *ir.Named:
		d, ok := m.named[e]
		if !ok {
			d = m.expr(e.X)
			m.named[e] = d
		}
		return d
	case *ir.Match:
		return row("match", []digest{leaf(e.Field), m.test(e.Test)})
	case *ir.Keyword:
		return row("keyword", []digest{m.test(e.Test)})
	case *ir.Raw:
		return leaf("raw", e.Text)
	case ir.Const:
		return leaf("const", fmt.Sprint(bool(e)))
	}
	return leaf("unknown", fmt.Sprintf("%T", e))
}

func (m *meaner) exprs(list []ir.Expr) []digest {
	out := make([]digest, len(list))
	for i, e := range list {
		out[i] = m.expr(e)
	}
	return out
}

func (m *meaner) test(t ir.Test) digest {
	switch t := t.(type) {
	case ir.AnyOf:
		return bunch("any", m.tests(t))
	case ir.AllOf:
		return bunch("all", m.tests(t))
	case *ir.Text:
		texts := []string{"text", fmt.Sprint(t.Cased)}
		for _, e := range t.Pattern {
			texts = append(texts, fmt.Sprint(e.Kind), e.Text)
		}
		return leaf(texts...)
	case *ir.Regexp:
		return leaf("regexp", t.Source, fmt.Sprint(t.IgnoreCase, t.MultiLine, t.DotMatchesLine))
	case *ir.CIDR:
		return leaf("cidr", t.Prefix.String())
	case *ir.Compare:
		return leaf("compare", t.Op.String(), string(t.Number))
	case *ir.Bool:
		return leaf("bool", fmt.Sprint(t.Value))
	case *ir.Null:
		return leaf("null")
	case *ir.Exists:
		return leaf("exists", fmt.Sprint(t.Want))
	case *ir.FieldRef:
		return leaf("field", t.Field, t.Shape.String(), fmt.Sprint(t.Cased))
	case *ir.TimePart:
		return leaf("time", t.Part.String(), t.Op.String(), string(t.Number))
	}
	return leaf("unknown", fmt.Sprintf("%T", t))
}

func (m *meaner) tests(list []ir.Test) []digest {
	out := make([]digest, len(list))
	for i, t := range list {
		out[i] = m.test(t)
	}
	return out
}

func (m *meaner) correlation(c *ir.Correlation) digest {
	texts := []string{c.Type.String(), c.Window.String(), string(c.Percentile), need(c.Need)}
	for _, b := range c.Bounds {
		texts = append(texts, "bound", b.Op.String(), fmt.Sprint(b.Not), string(b.Number))
	}
	for _, k := range c.Keys {
		texts = append(texts, "key", k.Text)
	}
	for _, v := range c.Values {
		texts = append(texts, "value", v.Text)
	}
	parts := []digest{leaf(texts...)}
	for _, p := range c.Members {
		if p.Correlation != nil {
			parts = append(parts, m.correlation(p.Correlation), readings(p.Reads))
		} else {
			parts = append(parts, m.rule(p.Rule), readings(p.Rule.Reads))
		}
	}
	return row("correlation", parts)
}

func readings(list []ir.Read) digest {
	var texts []string
	for _, r := range list {
		texts = append(texts, r.Name, strings.Join(r.Fields, "\x00"), fmt.Sprint(r.Value))
	}
	return leaf(texts...)
}

func need(n ir.Need) string {
	list := func(op string, parts []ir.Need) string {
		out := op
		for _, p := range parts {
			out += " " + need(p)
		}
		return out + ")"
	}
	switch n := n.(type) {
	case ir.NeedAll:
		return list("(and", n)
	case ir.NeedAny:
		return list("(or", n)
	case ir.NeedNot:
		return "(not " + need(n.X) + ")"
	case ir.NeedMember:
		return fmt.Sprint(int(n))
	}
	return ""
}
