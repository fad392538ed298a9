package splunkread

import (
	"regexp/syntax"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// regex reads the arguments of the command regex:
//
//	regex (<field>("="|"!="))?<regex-expression>
//
// (SPEC, searchbnf.conf). With != it keeps events without the field (SR,
// regex), which the search clause does not.
func (rd *reader) regex(text string, off int) (readback.Expr, error) {
	field, op := "_raw", "="
	i := 0
	if !strings.HasPrefix(text, `"`) {
		for i < len(text) && isFieldByte(text[i]) {
			i++
		}
		field = text[:i]
		i = skipSpace(text, i)
		op = comparison(text[i:])
		if field == "" || op != "=" && op != "!=" {
			return nil, refused(off, "regex takes a field, = or !=, and an expression in quotes")
		}
		i = skipSpace(text, i+len(op))
	}
	source, end, err := rd.regexpAt(text, off, i)
	if err != nil {
		return nil, err
	}
	if rest := skipSpace(text, end); rest < len(text) {
		return nil, refused(off+rest, "behind the expression of regex stands nothing more")
	}
	if err := rd.eventField(field, off); err != nil {
		return nil, err
	}
	e, err := rd.matches(off+i, rawField(field), source, readback.No)
	if err == nil && op == "!=" {
		e = &readback.Not{X: e}
	}
	return e, err
}

// isFieldByte reports whether a name may have the character without quotes in
// the commands regex and rex.
func isFieldByte(c byte) bool { return isWordByte(c) || strings.IndexByte(".-{}:@", c) >= 0 }

// eventField checks that no command computed the field.
func (rd *reader) eventField(field string, off int) error {
	if _, ok := rd.fields[field]; ok {
		return foreign(off, "an expression over the computed field %s is not read", field)
	}
	return nil
}

// regexpAt reads the regular expression in quotes at i, which has to be there
// (SR, regex), and returns the offset behind it.
func (rd *reader) regexpAt(text string, off, i int) (source string, end int, err error) {
	if i == len(text) {
		return "", 0, refused(off+i, "a regular expression is missing")
	}
	if text[i] != '"' {
		return "", 0, foreign(off+i, "a regular expression without quotes is not read")
	}
	end, ok := stringEnd(text, i)
	if !ok {
		return "", 0, refused(off+i, "the quote is not closed")
	}
	source = text[i+1 : end-1]
	if !rd.RawRegexps {
		source = decodeSearch(source)
	}
	return source, end, nil
}

// rex reads the arguments of the command rex, whose named groups become
// fields:
//
//	rex (field=<field>)? <regex-expression>
func (rd *reader) rex(text string, off int) error {
	field, i := "_raw", 0
	if strings.HasPrefix(text, "field") {
		i = skipSpace(text, len("field"))
		if i == len(text) || text[i] != '=' {
			return refused(off+i, "behind field of rex stands =")
		}
		start := skipSpace(text, i+1)
		for i = start; i < len(text) && isFieldByte(text[i]); {
			i++
		}
		if field = text[start:i]; field == "" {
			return foreign(off+start, "the field of rex is not read")
		}
		i = skipSpace(text, i)
	}
	source, end, err := rd.regexpAt(text, off, i)
	if err != nil {
		return err
	}
	if rest := skipSpace(text, end); rest < len(text) {
		return foreign(off+rest, "an option of rex is not read")
	}
	if err := rd.eventField(field, off); err != nil {
		return err
	}
	return rd.capture(off+i, rawField(field), source)
}

// capture makes fields of the named groups of an expression.
func (rd *reader) capture(off int, field, source string) error {
	re, err := rd.regexpTest(off, source)
	if err != nil {
		return err
	}
	if re.Tree == nil {
		return foreign(off, "rex with %s is not read", re.Why)
	}
	var names []string
	for _, name := range re.Tree.CapNames() {
		if name != "" {
			names = append(names, name)
		}
	}
	if names == nil {
		return refused(off, "rex extracts nothing: the expression has no named group") // SR, rex
	}
	found := &readback.Leaf{Field: field, Test: re, Missing: readback.No}
	for _, name := range names {
		group := certainGroup(re.Tree, name)
		if group == nil || minLen(group) == 0 {
			return foreign(off, "whether the group %s has a text is not told by the match alone", name)
		}
		old, ok := rd.fields[name]
		if !ok {
			old = value{{kind: caseField, text: rawField(name)}}
		}
		if err := checkCases(off, old); err != nil {
			return err
		}
		rd.fields[name] = append(value{{when: found, size: 1, kind: caseCaptured}}, old.under(&readback.Not{X: found}, 1)...)
	}
	return nil
}

// certainGroup returns what the named group has in it, where the group takes
// part in every match.
func certainGroup(re *syntax.Regexp, name string) *syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		if re.Name == name {
			return re.Sub[0]
		}
		return certainGroup(re.Sub[0], name)
	case syntax.OpConcat:
		for _, s := range re.Sub {
			if g := certainGroup(s, name); g != nil {
				return g
			}
		}
	}
	return nil
}

// minLen returns how many characters an expression matches at least; 1 stands
// for more as well.
func minLen(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return min(len(re.Rune), 1)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return minLen(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return 0
		}
		return minLen(re.Sub[0])
	case syntax.OpConcat:
		longest := 0
		for _, s := range re.Sub {
			longest = max(longest, minLen(s))
		}
		return longest
	case syntax.OpAlternate:
		shortest := 1
		for _, s := range re.Sub {
			shortest = min(shortest, minLen(s))
		}
		return shortest
	}
	return 0
}

// eval reads the arguments of the command eval:
//
//	eval <eval-field>=<eval-expression>("," <eval-field>=<eval-expression>)*
func (rd *reader) eval(text string, off int) error {
	if skipSpace(text, 0) == len(text) {
		return refused(off, "eval has no expression")
	}
	tree, err := parse(rd, evalParser(), &evalLexer{text: text, base: off})
	if err != nil {
		return err
	}
	for _, a := range tree.Parts {
		name := a.Name.tok
		if name.Type == tokString {
			return foreign(name.Pos.Offset, "a field in double quotes is not read here")
		}
		if name.Value == "_raw" || name.Value == "_time" {
			return foreign(name.Pos.Offset, "an eval that sets %s is not read", name.Value)
		}
		v, err := rd.value(xorNode(a.X))
		if err != nil {
			return err
		}
		rd.fields[name.Value] = v
	}
	return nil
}

// matches returns the test that an expression is found in a field.
func (rd *reader) matches(off int, field, source string, missing readback.Truth) (readback.Expr, error) {
	re, err := rd.regexpTest(off, source)
	if err != nil {
		return nil, err
	}
	if re.Tree == nil {
		return &readback.Leaf{Field: field, Test: re, Missing: missing}, nil
	}
	texts := textsOf(re.Tree)
	if texts == nil {
		return &readback.Leaf{Field: field, Test: re, Missing: missing}, nil
	}
	if err := rd.grow(off, len(texts)); err != nil {
		return nil, err
	}
	parts := make([]readback.Expr, len(texts))
	for i, t := range texts {
		parts[i] = &readback.Leaf{Field: field, Test: t, Missing: missing}
	}
	return oneOf(parts), nil
}

// regexpTest translates an expression of PCRE.
func (rd *reader) regexpTest(off int, source string) (*ir.Regexp, error) {
	translated, err := translate(source)
	if err != nil {
		err.Offset = off
		return nil, err
	}
	re := &ir.Regexp{Source: translated}
	if err := re.Parse(); err != nil {
		return nil, foreign(off, "the regular expression %q is not read: %s", source, err.Msg)
	}
	return re, nil
}
