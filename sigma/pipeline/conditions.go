package pipeline

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The three kinds of conditions, compiled. nil holds always.
type (
	ruleCond  func(*run) bool
	itemCond  func(*run, item) bool
	fieldCond func(*run, fieldName) bool
)

// A fieldName is a name that a field name condition looks at: that of an item
// or a reference in its values, or one of the rule's fields.
type fieldName struct {
	name    string
	keyword bool    // a keyword has no name
	item    ir.Expr // the *ir.Match or *ir.Keyword it is in, nil outside of items
}

// A condKind is what the three kinds have in common.
type condKind[C any] struct {
	table []condition[C]
	all   func([]C) C
	any   func([]C) C
	not   func(C) C
}

// A condition is one type of condition.
type condition[C any] struct {
	name string
	doc  string
	make func(*params) C
}

var ruleConds = condKind[ruleCond]{
	table: ruleConditions,
	all: func(cs []ruleCond) ruleCond {
		return func(w *run) bool {
			for _, c := range cs {
				if !c(w) {
					return false
				}
			}
			return true
		}
	},
	any: func(cs []ruleCond) ruleCond {
		return func(w *run) bool {
			for _, c := range cs {
				if c(w) {
					return true
				}
			}
			return false
		}
	},
	not: func(c ruleCond) ruleCond { return func(w *run) bool { return !c(w) } },
}

var itemConds = condKind[itemCond]{
	table: itemConditions,
	all: func(cs []itemCond) itemCond {
		return func(w *run, it item) bool {
			for _, c := range cs {
				if !c(w, it) {
					return false
				}
			}
			return true
		}
	},
	any: func(cs []itemCond) itemCond {
		return func(w *run, it item) bool {
			for _, c := range cs {
				if c(w, it) {
					return true
				}
			}
			return false
		}
	},
	not: func(c itemCond) itemCond { return func(w *run, it item) bool { return !c(w, it) } },
}

var fieldConds = condKind[fieldCond]{
	table: fieldConditions,
	all: func(cs []fieldCond) fieldCond {
		return func(w *run, f fieldName) bool {
			for _, c := range cs {
				if !c(w, f) {
					return false
				}
			}
			return true
		}
	},
	any: func(cs []fieldCond) fieldCond {
		return func(w *run, f fieldName) bool {
			for _, c := range cs {
				if c(w, f) {
					return true
				}
			}
			return false
		}
	},
	not: func(c fieldCond) fieldCond { return func(w *run, f fieldName) bool { return !c(w, f) } },
}

// readConds reads <kind>_conditions, <kind>_cond_op, <kind>_cond_not and
// <kind>_cond_expr. Without conditions it returns nil, which holds always,
// even where <kind>_cond_not is set, as in pySigma.
func readConds[C any](m *params, kind string, k condKind[C]) C {
	var none C
	list := m.take(kind + "_conditions")
	opNode := m.take(kind + "_cond_op")
	var op string
	if opNode != nil {
		op = m.choice(kind+"_cond_op", "and", "or")
	}
	negate := m.flag(kind + "_cond_not")
	expr := m.take(kind + "_cond_expr")
	if expr != nil && opNode != nil {
		m.fail(m.at(expr), sigma.BadPipeline, "", "%s_cond_expr and %s_cond_op exclude each other", kind, kind)
		return none
	}
	if list == nil {
		if expr != nil {
			m.fail(m.at(expr), sigma.BadPipeline, "", "%s_cond_expr needs %s_conditions", kind, kind)
		}
		return none
	}
	conds, ids := readCondList(m, list, kind, k)
	var out C
	switch {
	case len(conds) == 0:
		return none
	case expr != nil:
		if ids == nil {
			m.fail(m.at(list), sigma.BadPipeline, "write them as a mapping from names to conditions", "%s_cond_expr needs conditions with names", kind)
			return none
		}
		e := exprParser[C]{params: m, kind: k, conds: conds, ids: ids, used: make([]bool, len(ids))}
		out = e.read(expr, kind)
	case op == "or":
		out = k.any(conds)
	case len(conds) == 1:
		out = conds[0]
	default:
		out = k.all(conds)
	}
	if negate && len(conds) > 0 {
		out = k.not(out)
	}
	return out
}

// readCondList reads conditions, a list of them or a mapping from names.
func readCondList[C any](m *params, n *yaml.Node, kind string, k condKind[C]) (conds []C, ids []key) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if cond, ok := readCond(m, c, kind, k); ok {
				conds = append(conds, cond)
			}
		}
	case yaml.MappingNode:
		named := m.mapping(n, kind+"_conditions")
		for _, id := range named.keys {
			if cond, ok := readCond(m, id.node, kind, k); ok {
				conds, ids = append(conds, cond), append(ids, id)
			}
		}
	default:
		m.fail(m.at(n), sigma.BadPipeline, "", "%s_conditions must be a list or a mapping, not %s", kind, kindOf(n))
	}
	return conds, ids
}

// readCond reads one condition.
func readCond[C any](m *params, n *yaml.Node, kind string, k condKind[C]) (C, bool) {
	var none C
	what := "the " + strings.ReplaceAll(kind, "_", " ") + " condition"
	c := m.mapping(n, what)
	if c == nil {
		return none, false
	}
	name := c.needText("type")
	if name == "" {
		return none, false
	}
	c.what = what + " " + name
	var all []string
	for _, def := range k.table {
		if def.name == name {
			before := len(m.errs)
			cond := def.make(c)
			c.rest()
			return cond, len(m.errs) == before
		}
		all = append(all, def.name)
	}
	m.fail(m.at(c.take("type")), sigma.BadPipeline, near(name, all, "there are "+strings.Join(all, ", ")), "there is no %s condition %q", strings.ReplaceAll(kind, "_", " "), name)
	return none, false
}

// regexpOf compiles an expression of a pipeline. pySigma's users write them
// for Python; the syntax that Go lacks is an error. An anchored one matches
// only at the beginning of a text, as Python's re.match does.
func (p *params) regexpOf(source string, pos sigma.Pos, name string, anchored bool) *regexp.Regexp {
	if source == "" {
		return nil // reported already
	}
	if anchored {
		source = `\A(?:` + source + `)`
	}
	re, err := regexp.Compile(source)
	if err != nil {
		msg := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		p.fail(pos, sigma.BadPipeline, "look-around and back-references are not supported", "%q is no regular expression: %s", name, msg)
		return nil
	}
	return re
}
