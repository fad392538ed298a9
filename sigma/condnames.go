package sigma

import "strings"

// Matches reports whether the quantifier is about the search with that name:
// "them" and patterns are not about names that begin with "_", unless the
// pattern does too (N3, N4).
func (x *CondOf) Matches(name string) bool {
	if len(name) > 0 && name[0] == '_' && (x.Pattern == "" || x.Pattern[0] != '_') {
		return false
	}
	return x.Pattern == "" || matchName(x.Pattern, name)
}

// matchName reports whether a name matches a pattern in which "*" stands for
// any run of characters. It takes at most len(pattern)*len(name) steps.
func matchName(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// nameSet is what a condition can name: searches, or the rules of a
// correlation.
type nameSet struct {
	what string // what the names are, for messages
	list []string
	has  map[string]bool // nil where the list is short
}

func newNameSet(what string, list []string) nameSet {
	s := nameSet{what: what, list: list}
	if len(list) > 16 {
		s.has = make(map[string]bool, len(list))
		for _, name := range list {
			s.has[name] = true
		}
	}
	return s
}

func (s *nameSet) contains(name string) bool {
	if s.has != nil {
		return s.has[name]
	}
	for _, n := range s.list {
		if n == name {
			return true
		}
	}
	return false
}

// nearest returns the name that a word was most likely meant to be, for as
// many errors as somebody may read.
func (p *parser) nearest(word string, names *nameSet) string {
	const most = 100
	if p.failed > most {
		return ""
	}
	return Nearest(word, names.list[:min(len(names.list), most)])
}

// checkNames reports names in a condition that do not exist (N9), and patterns
// that match nothing (N10).
func (p *parser) checkNames(x CondExpr, names *nameSet) {
	switch x := x.(type) {
	case CondOr:
		for _, e := range x {
			p.checkNames(e, names)
		}
	case CondAnd:
		for _, e := range x {
			p.checkNames(e, names)
		}
	case *CondNot:
		p.checkNames(x.X, names)
	case *CondSearch:
		if !names.contains(x.Name) {
			p.unknownName(x, names)
		}
	case *CondOf:
		p.checkPattern(x, names)
	}
}

func (p *parser) unknownName(x *CondSearch, names *nameSet) {
	hint := ""
	if isUpperOperator(x.Name) { // N12
		hint = "operators are lower case: " + strings.ToLower(x.Name)
	} else if near := p.nearest(x.Name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	p.fail(x.Pos, UnknownName, "there is no "+names.what+" with the name "+quoted(x.Name), hint)
}

func (p *parser) checkPattern(x *CondOf, names *nameSet) {
	for _, name := range names.list {
		if x.Matches(name) {
			return
		}
	}
	if x.Pattern == "" {
		p.fail(x.PatternPos, UnknownName, "'them' stands for no "+names.what, "names that begin with _ do not count")
		return
	}
	hint := ""
	if near := p.nearest(x.Pattern, names); near != "" {
		hint = "there is " + near
	}
	p.fail(x.PatternPos, UnknownName, "no "+names.what+" matches "+quoted(x.Pattern), hint)
}
