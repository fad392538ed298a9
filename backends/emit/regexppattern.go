package emit

import (
	"regexp/syntax"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Pattern writes a pattern as an expression for flavours that match the whole
// value, as Whole writes its PatternTree. Lower has replaced dashes before.
func (s *RegexpStyle) Pattern(p ir.Pattern, cased bool) string {
	w := regexpWriter{style: s, foldClass: true}
	if len(p) == 0 {
		return "()"
	}
	size := 0
	for _, e := range p {
		size += 2 + 4*len(e.Text)
	}
	w.b.Grow(size)
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			w.b.WriteString(s.AnyChar + "*")
		case ir.Question:
			w.b.WriteString(s.AnyChar)
		default:
			for _, r := range e.Text {
				w.char(r, !cased)
			}
		}
	}
	return w.b.String()
}

// PatternTree returns a pattern as the tree of a regular expression that
// matches the whole value.
func PatternTree(p ir.Pattern, cased bool) *syntax.Regexp {
	flags := syntax.Flags(0)
	if !cased {
		flags = syntax.FoldCase
	}
	subs := []*syntax.Regexp{{Op: syntax.OpBeginText}}
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			subs = append(subs, &syntax.Regexp{Op: syntax.OpStar, Sub: []*syntax.Regexp{{Op: syntax.OpAnyChar}}})
		case ir.Question:
			subs = append(subs, &syntax.Regexp{Op: syntax.OpAnyChar})
		case ir.Dash:
			class := &syntax.Regexp{Op: syntax.OpCharClass}
			for _, d := range ir.Dashes {
				class.Rune = append(class.Rune, d, d)
			}
			subs = append(subs, class)
		default:
			subs = append(subs, &syntax.Regexp{Op: syntax.OpLiteral, Flags: flags, Rune: []rune(e.Text)})
		}
	}
	subs = append(subs, &syntax.Regexp{Op: syntax.OpEndText})
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: subs}
}
