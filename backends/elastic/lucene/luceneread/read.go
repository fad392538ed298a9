package luceneread

import (
	"errors"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic/indexread"
	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Read reads a query. The error is a *readback.Error.
func Read(query string, o readback.Options) (*readback.Query, error) {
	r := reader{lex: lexer{query: query}, options: o}
	if err := r.advance(); err != nil {
		return nil, err
	}
	x, err := r.group("", 0)
	if err != nil {
		return nil, err
	}
	if r.now.kind != endToken {
		return nil, r.fail(r.now, "there is no group that this closes")
	}
	return &readback.Query{Where: x}, nil
}

// maxDepth bounds how deep groups are nested.
const maxDepth = 1000

// A reader parses by the grammar of QueryParser.jj: a group is clauses, each
// with a conjunction and modifiers before it; a clause is a field and a value,
// or a value alone.
type reader struct {
	lex     lexer
	now     token // the token that is looked at
	options readback.Options
}

func (r *reader) advance() (err error) {
	r.now, err = r.lex.next()
	return err
}

func (r *reader) fail(t token, format string, args ...any) error {
	return r.lex.fail(t.offset, format, args...)
}

// A clause is a part of a group.
type clause struct {
	x                    readback.Expr
	required, prohibited bool
}

// group reads clauses up to the end or a closing parenthesis.
func (r *reader) group(field string, depth int) (readback.Expr, error) {
	if depth > maxDepth {
		return nil, r.fail(r.now, "groups are nested deeper than %d levels", maxDepth)
	}
	var clauses []clause
	for first := true; ; first = false {
		and, err := r.conjunction(first)
		if err != nil {
			return nil, err
		}
		required, prohibited, err := r.modifiers()
		if err != nil {
			return nil, err
		}
		x, err := r.clause(field, depth)
		if err != nil {
			return nil, err
		}
		clauses = addClause(clauses, clause{x, required, prohibited}, and)
		if r.now.kind == endToken || r.now.kind == closeToken {
			return combine(clauses), nil
		}
	}
}

// conjunction reads the operator before a clause, and reports whether it is
// AND.
func (r *reader) conjunction(first bool) (and bool, err error) {
	if r.now.kind != andToken && r.now.kind != orToken {
		return false, nil
	}
	if first {
		return false, r.fail(r.now, "nothing stands before %s", r.now.text)
	}
	and = r.now.kind == andToken
	return and, r.advance()
}

// modifiers reads +, - and NOT before a clause: "Modifiers: [ <PLUS> | <MINUS>
// | <NOT> ]".
func (r *reader) modifiers() (required, prohibited bool, err error) {
	switch r.now.kind {
	case plusToken:
		return true, false, r.advance()
	case minusToken, notToken:
		return false, true, r.advance()
	}
	return false, false, nil
}

// addClause is QueryParserBase.addClause for the default operator OR: "If this
// term is introduced by AND, make the preceding term required, unless it's
// already prohibited"; "We set REQUIRED if we're introduced by AND or +".
func addClause(clauses []clause, c clause, and bool) []clause {
	if n := len(clauses); n > 0 && and && !clauses[n-1].prohibited {
		clauses[n-1].required = true
	}
	if and && !c.prohibited {
		c.required = true
	}
	return append(clauses, c)
}

// combine returns what a group finds.
func combine(clauses []clause) readback.Expr {
	var must, should readback.Or
	var all readback.And
	for _, c := range clauses {
		switch {
		case c.prohibited:
			all = append(all, &readback.Not{X: c.x})
		case c.required:
			must = append(must, c.x)
		default:
			should = append(should, c.x)
		}
	}
	switch {
	case len(must) > 0:
		all = append(readback.And(must), all...)
	case len(should) == 1:
		all = append(readback.And{should[0]}, all...)
	case len(should) > 0:
		all = append(readback.And{should}, all...)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// clause reads "field:value", a value, or a group.
func (r *reader) clause(field string, depth int) (readback.Expr, error) {
	t := r.now
	switch t.kind {
	case openToken:
		return r.parentheses(field, depth)
	case termToken, phraseToken, regexpToken:
		if err := r.advance(); err != nil {
			return nil, err
		}
		if r.now.kind == colonToken && t.kind == termToken {
			if field != "" {
				return nil, &readback.Error{Offset: t.offset, Msg: "a field in the group of another field is not known to the reader", Foreign: true}
			}
			return r.named(t, depth)
		}
		return r.value(field, t)
	case squareToken:
		if t.text == "[" || t.text == "{" {
			return r.interval(field)
		}
	case endToken:
		return nil, r.fail(t, "the query ends where a clause should follow")
	}
	return nil, r.fail(t, "%s is no clause", t.text)
}

func (r *reader) parentheses(field string, depth int) (readback.Expr, error) {
	open := r.now
	if err := r.advance(); err != nil {
		return nil, err
	}
	x, err := r.group(field, depth+1)
	if err != nil {
		return nil, err
	}
	if r.now.kind != closeToken {
		return nil, r.fail(open, "the group is not closed")
	}
	if err := r.advance(); err != nil {
		return nil, err
	}
	return x, r.noBoost()
}

// noBoost refuses what only changes the order of what is found, or makes a
// term fuzzy.
func (r *reader) noBoost() error {
	if r.now.kind == squareToken && (r.now.text == "^" || r.now.text == "~") {
		return &readback.Error{Offset: r.now.offset, Msg: r.now.text + " is not known to the reader", Foreign: true}
	}
	return nil
}

// named reads what follows the name of a field.
func (r *reader) named(name token, depth int) (readback.Expr, error) {
	if err := r.advance(); err != nil {
		return nil, err
	}
	if name.wild {
		return nil, &readback.Error{Offset: name.offset, Msg: "wildcards in the name of a field are not known to the reader", Foreign: true}
	}
	if name.text == "_exists_" {
		t := r.now
		if t.kind != termToken && t.kind != phraseToken {
			return nil, r.fail(t, "the name of a field must follow _exists_")
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
		f, _ := indexread.Find(t.text, r.options)
		return f.Exists(), nil
	}
	return r.clause(name.text, depth)
}

// value returns the test of a word, a phrase or an expression.
// expression reads a regular expression. An index with a lowercase normalizer
// applies it to the text of the expression too, as to any value that is sought
// (KeywordFieldType.indexedValueForSearch), before it is parsed.
func expression(text string, folds bool) (ir.Test, error) {
	if folds {
		return luceneregexp.TranslateLowered(strings.ToLower(text))
	}
	return luceneregexp.Translate(text, false)
}

func (r *reader) value(name string, t token) (readback.Expr, error) {
	if err := r.noBoost(); err != nil {
		return nil, err
	}
	f, ok := indexread.Find(name, r.options)
	if !ok {
		return readback.Const(readback.No), nil // "unmapped field: no match positively, all negatively"
	}
	var x readback.Expr
	var msg string
	switch {
	case t.kind == regexpToken:
		test, err := expression(t.text, f.Folds)
		var e *readback.Error
		if errors.As(err, &e) {
			return nil, &readback.Error{Offset: t.offset + 1 + e.Offset, Msg: e.Msg, Foreign: e.Foreign}
		}
		x, msg = f.Test(test)
	case t.wild && len(t.pattern) == 1 && t.pattern[0].Kind == ir.Star && name != "":
		return f.Exists(), nil // "f:*" is a query for existence
	case t.wild:
		x, msg = f.Wildcard(t.pattern)
	case t.kind == termToken && t.text != "" && strings.IndexByte("<>", t.text[0]) >= 0:
		return r.compare(name, t)
	default:
		x, msg = f.Text(t.text)
	}
	if msg != "" {
		return nil, &readback.Error{Offset: t.offset, Msg: msg, Foreign: indexread.Foreign(msg)}
	}
	return x, nil
}
