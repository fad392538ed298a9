package splunk

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// whereDialect is the expression of the where command. It tells case apart
// (SR, where). A test of a field that is not there gives NULL, and how NULL
// combines is not documented: beside OR and below NOT it is made 0 or 1 by
// if(), which gives its last value whenever the first is not true (SR,
// "Comparison and Conditional functions").
var whereDialect = emit.Dialect{
	And: " AND ", Or: " OR ",
	Not: func(_ *emit.Printer, x emit.Frag) emit.Frag {
		if x.Null {
			return emit.Atom("if(" + x.Text + ",1,0)=0")
		}
		return emit.Frag{Text: "NOT " + emit.Group(x), Level: emit.LevelNot}
	},
	WrapNot: true,
	Total:   func(x emit.Frag) emit.Frag { return emit.Atom("if(" + x.Text + ",1,0)=1") },
	List:    whereList,
	Ops: emit.Ops{
		Text:     whereText,
		Regexp:   whereRegexp,
		Compare:  whereCompare,
		FieldRef: whereFieldRef,
		TimePart: whereTimePart,
		CIDR: func(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag {
			return emit.Maybe("cidrmatch(" + quote(t.Prefix.String()) + "," + whereField(p, f) + ")")
		},
		Bool: func(p *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag {
			return emit.Maybe("lower(" + whereField(p, f) + ")==" + quote(boolText(t)))
		},
		Null: func(p *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			return emit.Atom("isnull(" + whereField(p, f) + ")")
		},
		Exists: func(p *emit.Printer, f emit.Field, t *ir.Exists) emit.Frag {
			if t.Want {
				return emit.Atom("isnotnull(" + whereField(p, f) + ")")
			}
			return emit.Atom("isnull(" + whereField(p, f) + ")")
		},
		Keyword: func(p *emit.Printer, k *ir.Keyword, t ir.Test) emit.Frag {
			raw := emit.Field{Pos: k.Pos, Name: "_raw"}
			if re, ok := t.(*ir.Regexp); ok && anchoredSource(re) {
				p.Warn(re.Pos, sigma.Assumed, "leave the anchors out, or name a field",
					"the raw event is one text to Splunk: ^ and $ are its ends, not those of a value in it")
			}
			return p.Test(raw, t)
		},
	},
}

// anchoredSource reports whether an expression has ^ or $ in it, as far as can
// be told without its tree.
func anchoredSource(re *ir.Regexp) bool {
	if re.Tree == nil {
		return strings.ContainsAny(re.Source, "^$")
	}
	return anchored(re.Tree)
}

// anchored reports whether an expression has ^ or $ in it.
func anchored(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return true
	}
	return slices.ContainsFunc(re.Sub, anchored)
}

// whereText writes a pattern: by == or like() where they can say it, by a
// regular expression otherwise. Whether == compares the text of a number as
// one, and how like() escapes % and _, by a backslash maybe, is not documented,
// and a string cannot hold a line break in every place where SPL is kept.
func whereText(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag {
	name := whereField(p, f)
	shape, text := t.Pattern.Shape()
	lower := strings.ToLower
	if t.Cased {
		lower = func(s string) string { return s }
	} else if emit.PatternHas(t.Pattern, emit.HasLetters) {
		name = "lower(" + name + ")"
	}
	regexpOnly := emit.PatternHas(t.Pattern, emit.HasControl) || !t.Cased && emit.PatternHas(t.Pattern, hasOwnCapital)
	switch {
	case shape == ir.Any:
		return emit.Atom("isnotnull(" + whereField(p, f) + ")")
	case shape == ir.Exact && !regexpOnly && !number(text):
		return emit.Maybe(name + "==" + quote(lower(text)))
	case shape != ir.Exact && !regexpOnly && !emit.PatternHas(t.Pattern, func(s string) bool { return strings.ContainsAny(s, `%_\`) }):
		like := emit.Glob(t.Pattern, "%", "_", lower)
		return emit.Maybe("like(" + name + "," + quote(like) + ")")
	}
	return match(p, f, trim(emit.PatternTree(t.Pattern, t.Cased)), t.Pos)
}

// hasOwnCapital reports whether a text has a capital that does not fold to what
// lower() may make of it: İ.
func hasOwnCapital(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.ToLower(r) != r && unicode.SimpleFold(r) == r })
}

func number(text string) bool {
	_, ok := ir.ParseNumber(text)
	return ok
}

// match writes a tree as a regular expression that is sought in the field.
func match(p *emit.Printer, f emit.Field, tree *syntax.Regexp, pos sigma.Pos) emit.Frag {
	text, what := pcre.Search(tree)
	if what != "" {
		p.Unsupported(pos, what, "")
	}
	return emit.Maybe("match(" + whereField(p, f) + `,"` + text + `")`)
}

func whereRegexp(p *emit.Printer, f emit.Field, t *ir.Regexp) emit.Frag {
	if t.Source == "" && t.Tree != nil {
		return match(p, f, t.Tree, t.Pos) // not written by the rule's author
	}
	flags := ""
	if t.Flags() != "" {
		flags = "(?" + t.Flags() + ")"
	}
	return emit.Maybe("match(" + whereField(p, f) + `,"` + flags + pcreSource(t.Source, t.MultiLine || inlineMultiLine.MatchString(t.Source)) + `")`)
}

// whereList writes the patterns of a list as one regular expression each for
// those that ignore case and those that do not; other tests by themselves.
func whereList(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var patterns [2][]*ir.Text
	var arms []emit.Frag
	for _, t := range ts {
		if text, ok := t.(*ir.Text); ok {
			if shape, _ := text.Pattern.Shape(); shape != ir.Any {
				patterns[index(text.Cased)] = append(patterns[index(text.Cased)], text)
				continue
			}
		}
		arms = append(arms, p.Test(f, t))
	}
	for _, texts := range patterns {
		switch len(texts) {
		case 0:
		case 1:
			arms = append(arms, whereText(p, f, texts[0]))
		default:
			any := &syntax.Regexp{Op: syntax.OpAlternate}
			for _, t := range texts {
				any.Sub = append(any.Sub, trim(emit.PatternTree(t.Pattern, t.Cased)))
			}
			arms = append(arms, match(p, f, any, texts[0].Pos))
		}
	}
	return arms
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// trim takes a run of anything off each end of a pattern's tree, with the
// anchor behind which it stands: the expression is sought anywhere.
func trim(tree *syntax.Regexp) *syntax.Regexp {
	sub := tree.Sub
	if len(sub) > 3 && sub[1].Op == syntax.OpStar {
		sub = sub[2:]
	}
	if n := len(sub); n > 2 && sub[n-2].Op == syntax.OpStar {
		sub = sub[:n-2]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: sub}
}

// whereCompare compares numbers. tonumber() of text that is no number is not
// documented, so the text is looked at first. Equality is that of the digits:
// how == converts is not documented either.
func whereCompare(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
	name := whereField(p, f)
	if t.Op == ir.Eq {
		return emit.Maybe("match(" + name + `,"^` + strings.ReplaceAll(string(t.Number), ".", "[.]") + `\z")`)
	}
	test := "tonumber(" + name + ")" + t.Op.String() + string(t.Number)
	return emit.Frag{Text: "match(" + name + `,"^-?[0-9]+([.][0-9]+)?\z") AND ` + test, Level: emit.LevelAnd, Null: true}
}

// whereFieldRef compares two fields. like() is no help, since the other
// field's value may hold % and _.
func whereFieldRef(p *emit.Printer, f emit.Field, t *ir.FieldRef) emit.Frag {
	a, b := whereField(p, f), whereField(p, p.Other(t))
	length := "len(" + b + ")"
	if !t.Cased {
		a, b = "lower("+a+")", "lower("+b+")"
	}
	switch t.Shape {
	case ir.Prefix:
		return emit.Maybe("substr(" + a + ",1," + length + ")==" + b)
	case ir.Suffix:
		from := "len(" + whereField(p, f) + ")-" + length
		return emit.Frag{Text: from + ">=0 AND substr(" + a + "," + from + "+1)==" + b, Level: emit.LevelAnd, Null: true}
	case ir.Substring:
		// Splitting the one text at the other gives more than one part only where it is in there.
		return emit.Maybe("mvcount(split(" + a + "," + b + "))>1")
	}
	return emit.Maybe(a + "==" + b)
}

// whereTimePart takes a part of the event's time. The text of other fields
// has no format that could be relied on.
func whereTimePart(p *emit.Printer, f emit.Field, t *ir.TimePart) emit.Frag {
	if f.Name != "_time" {
		p.Unsupported(t.Pos, "the "+t.Part.String()+" of a field whose time format is not known", "only of _time")
		return emit.Frag{}
	}
	p.Warn(t.Pos, sigma.Assumed, "", "the %s of _time is taken in the time zone of the user who searches", t.Part)
	format := [...]string{ir.Minute: "%M", ir.Hour: "%H", ir.Day: "%d", ir.Week: "%V", ir.Month: "%m", ir.Year: "%Y"}[t.Part]
	return emit.Maybe("tonumber(strftime(_time," + quote(format) + "))" + t.Op.String() + string(t.Number))
}
