package pipeline

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// replaceString replaces what a regular expression finds in a value.
type replaceString struct {
	re          matcher
	replacement []piece
	skip        bool // only the literal parts of a value are searched, each on its own
	interpret   bool // with skip: wildcards in the replacement are wildcards
}

// A piece is a part of a replacement: text, or a group of the expression.
type piece struct {
	text  string
	group int // -1: text
}

func makeReplaceString(p *params, _ *step) transformation {
	n := p.need("regex")
	t := &replaceString{skip: p.flag("skip_special"), interpret: p.flag("interpret_special")}
	replacement := p.need("replacement")
	source := p.scalar(n, "regex")
	if n == nil || replacement == nil {
		return nil
	}
	re := p.regexpOf(source, p.at(n), "regex", false)
	if re == nil {
		return nil
	}
	t.re = newMatcher(re)
	t.replacement = p.pieces(re, p.scalar(replacement, "replacement"), p.at(replacement))
	return t
}

// groupRef is a reference to a group as Python's re.sub writes it.
var groupRef = regexp.MustCompile(`\\([1-9][0-9]?)|\\g<([^>]*)>|\\([ntr\\])`)

// pieces reads a replacement.
func (p *params) pieces(re *regexp.Regexp, text string, pos sigma.Pos) []piece {
	var out []piece
	for text != "" {
		m := groupRef.FindStringSubmatchIndex(text)
		if m == nil {
			return append(out, piece{text: text, group: -1})
		}
		if m[0] > 0 {
			out = append(out, piece{text: text[:m[0]], group: -1})
		}
		if m[6] >= 0 {
			plain := map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': `\`}[text[m[6]]]
			out = append(out, piece{text: plain, group: -1})
			text = text[m[1]:]
			continue
		}
		name := text[max(m[2], m[4]):max(m[3], m[5])]
		group, err := strconv.Atoi(name)
		if err != nil {
			group = re.SubexpIndex(name)
		}
		if group < 0 || group > re.NumSubexp() {
			p.fail(pos, sigma.BadPipeline, "", "the expression has no group %q", name)
			return nil
		}
		out = append(out, piece{group: group})
		text = text[m[1]:]
	}
	return out
}

func (t *replaceString) apply(w *run) {
	w.tests(func(it item, u ir.Test) ir.Test {
		if c, ok := u.(*ir.Compare); ok && c.Op == ir.Eq {
			// pySigma makes a string of a number before it looks.
			if !t.re.MatchString(string(c.Number)) {
				return u
			}
			return &ir.Text{Pos: c.Pos, Pattern: t.whole(ir.Plain(string(c.Number)))}
		}
		text, pattern, ok := textOf(it, u)
		if !ok || !t.found(pattern) {
			return u
		}
		if t.skip {
			return withText(it, text, t.parts(pattern))
		}
		return withText(it, text, t.whole(pattern))
	})
}

// found reports whether there is anything to replace.
func (t *replaceString) found(p ir.Pattern) bool {
	if !t.skip {
		return t.re.MatchString(plainText(p))
	}
	for _, e := range p {
		if e.Kind == ir.Literal && t.re.MatchString(e.Text) {
			return true
		}
	}
	return len(p) == 0 && t.re.MatchString("")
}

// parts replaces in each literal of the pattern.
func (t *replaceString) parts(p ir.Pattern) ir.Pattern {
	var out []ir.Element
	for _, e := range p {
		if e.Kind != ir.Literal {
			out = append(out, e)
			continue
		}
		out = append(out, t.replace(ir.Pattern{e}, t.interpret)...)
	}
	return ir.NewPattern(out...)
}

// whole replaces in the pattern as plainText shows it. Wildcards that are not
// touched stay wildcards, and a plain * stays plain (pySigma reads the result
// anew, and makes a wildcard of it).
func (t *replaceString) whole(p ir.Pattern) ir.Pattern {
	return ir.NewPattern(t.replace(p, true)...)
}

func (t *replaceString) replace(p ir.Pattern, interpret bool) []ir.Element {
	text := plainText(p)
	var out []ir.Element
	last := 0
	for _, m := range t.re.FindAllStringSubmatchIndex(text, -1) {
		out = cut(out, p, last, m[0])
		for _, r := range t.replacement {
			switch {
			case r.group >= 0:
				out = cut(out, p, m[2*r.group], m[2*r.group+1])
			case interpret:
				out = append(out, wild(r.text)...)
			default:
				out = append(out, ir.Element{Kind: ir.Literal, Text: r.text})
			}
		}
		last = m[1]
	}
	return cut(out, p, last, len(text))
}

// cut appends what stands between two offsets of the plain text of a pattern.
// A placeholder that is cut in two becomes text.
func cut(out []ir.Element, p ir.Pattern, from, to int) []ir.Element {
	at := 0
	for _, e := range p {
		text := plainElement(e)
		lo, hi := max(from-at, 0), min(to-at, len(text))
		at += len(text)
		switch {
		case lo >= hi:
		case e.Kind == ir.Literal || hi-lo < len(text):
			out = append(out, ir.Element{Kind: ir.Literal, Text: text[lo:hi]})
		default:
			out = append(out, e)
		}
	}
	return out
}

// wild reads the text of a replacement: * and ? are wildcards unless a
// backslash stands before them; every other backslash is itself.
func wild(text string) []ir.Element {
	var out []ir.Element
	for text != "" {
		i := strings.IndexAny(text, "*?")
		if i < 0 {
			return append(out, ir.Element{Kind: ir.Literal, Text: text})
		}
		kind := ir.Star
		if text[i] == '?' {
			kind = ir.Question
		}
		if i > 0 && text[i-1] == '\\' {
			out = append(out, ir.Element{Kind: ir.Literal, Text: text[:i-1] + text[i:i+1]})
		} else {
			out = append(out, ir.Element{Kind: ir.Literal, Text: text[:i]}, ir.Element{Kind: kind})
		}
		text = text[i+1:]
	}
	return out
}
