package pipeline

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// An exprParser reads an expression over the names of conditions: and, or,
// not and parentheses, binding as in the conditions of rules (N2).
type exprParser[C any] struct {
	*params
	kind  condKind[C]
	conds []C
	ids   []key
	used  []bool

	node  *yaml.Node
	words []string
	depth int
	bad   bool
}

// read reads the whole expression, in which every condition must be named.
func (e *exprParser[C]) read(n *yaml.Node, kind string) C {
	e.node = n
	text := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(e.scalar(n, kind+"_cond_expr"))
	e.words = strings.Fields(text)
	out := e.or()
	if len(e.words) > 0 {
		e.reject("", "%q stands where and, or or the end is expected", e.words[0])
	}
	for i, used := range e.used {
		if !used && !e.bad {
			e.fail(e.ids[i].pos, sigma.BadPipeline, "", "the expression %q does not name the condition %q", n.Value, e.ids[i].name)
		}
	}
	return out
}

// reject reports the first error of the expression.
func (e *exprParser[C]) reject(hint, format string, args ...any) {
	if !e.bad {
		e.fail(e.at(e.node), sigma.BadPipeline, hint, "condition expression: "+format, args...)
	}
	e.bad, e.words = true, nil
}

// next takes the next word if it is that one.
func (e *exprParser[C]) next(word string) bool {
	if len(e.words) == 0 || e.words[0] != word {
		return false
	}
	e.words = e.words[1:]
	return true
}

func (e *exprParser[C]) or() C {
	out := []C{e.and()}
	for e.next("or") {
		out = append(out, e.and())
	}
	if len(out) == 1 {
		return out[0]
	}
	return e.kind.any(out)
}

func (e *exprParser[C]) and() C {
	out := []C{e.not()}
	for e.next("and") {
		out = append(out, e.not())
	}
	if len(out) == 1 {
		return out[0]
	}
	return e.kind.all(out)
}

func (e *exprParser[C]) not() C {
	var none C
	if e.depth++; e.depth > 100 {
		e.reject("", "it is nested too deep")
		return none
	}
	defer func() { e.depth-- }()
	switch {
	case e.next("not"):
		return e.kind.not(e.not())
	case e.next("("):
		out := e.or()
		if !e.next(")") {
			e.reject("", "a parenthesis is not closed")
		}
		return out
	case len(e.words) == 0:
		e.reject("", "it ends where a name is expected")
		return none
	}
	word := e.words[0]
	e.words = e.words[1:]
	var all []string
	for i, id := range e.ids {
		if id.name == word {
			e.used[i] = true
			return e.conds[i]
		}
		all = append(all, id.name)
	}
	e.reject(near(word, all, "there are "+strings.Join(all, ", ")), "there is no condition %q", word)
	return none
}
