package eval

import (
	"math/big"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// composed returns a text that begins, ends and goes on as several patterns
// ask for.
func composed(goals []goal, base string) (text string, ok bool) {
	front, back := "", ""
	for _, g := range goals {
		t, isText := g.step.test.(*ir.Text)
		if !isText || !g.want {
			continue
		}
		ok = true
		switch shape, lit := t.Pattern.Shape(); shape {
		case ir.Prefix:
			front = lit
		case ir.Suffix:
			back = lit
		case ir.Substring:
			if base != "" && !strings.HasSuffix(base, " ") && !strings.HasPrefix(lit, " ") {
				base += " "
			}
			base += lit
		case ir.Exact:
			return lit, true
		case ir.Glob:
			base += spell(t.Pattern, "")
		}
	}
	return front + base + back, ok
}

// suggest returns texts that should pass a test, made of a value of the event
// where that is possible.
func suggest(t ir.Test, base string) []string {
	switch t := t.(type) {
	case *ir.Text:
		text := spell(t.Pattern, "")
		return []string{text, spell(t.Pattern, "x"), spell(t.Pattern, base), base + " " + text, text + " " + base}
	case *ir.Bool:
		return []string{strconv.FormatBool(t.Value)}
	case *ir.CIDR:
		first := t.Prefix.Addr()
		return []string{first.String(), first.Next().String()}
	case *ir.Compare:
		return suggestNumber(t.Op, t.Number)
	case *ir.TimePart:
		return suggestTime(t)
	case *ir.Regexp:
		return suggestMatch(t, base)
	case *ir.Exists, *ir.Null:
		return []string{"x"}
	}
	return nil
}

// spell returns a text that a pattern matches, with a text where its first
// star is.
func spell(p ir.Pattern, star string) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			b.WriteString(e.Text)
		case ir.Star:
			b.WriteString(star)
			star = ""
		case ir.Question:
			b.WriteByte('x')
		case ir.Dash:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// suggestNumber returns numbers that a comparison accepts: one that is a whole
// away from the bound, and one that is near.
func suggestNumber(op ir.Op, n ir.Number) []string {
	sign := map[ir.Op]int64{ir.Lt: -1, ir.Gt: 1}[op]
	out := []string{}
	for _, scale := range []int64{1, 100} {
		x, ok := new(big.Rat).SetString(string(n))
		if !ok {
			return nil
		}
		x.Add(x, big.NewRat(sign, scale))
		places, _ := x.FloatPrec()
		out = append(out, x.FloatString(places))
	}
	return out
}

// suggestTime returns a time whose part is as wanted.
func suggestTime(t *ir.TimePart) []string {
	step := map[ir.Part]func(time.Time, int) time.Time{
		ir.Minute: func(d time.Time, i int) time.Time { return d.Add(time.Duration(i) * time.Minute) },
		ir.Hour:   func(d time.Time, i int) time.Time { return d.Add(time.Duration(i) * time.Hour) },
		ir.Day:    func(d time.Time, i int) time.Time { return d.AddDate(0, 0, i) },
		ir.Week:   func(d time.Time, i int) time.Time { return d.AddDate(0, 0, 7*i) },
		ir.Month:  func(d time.Time, i int) time.Time { return d.AddDate(0, i, 0) },
		ir.Year:   func(d time.Time, i int) time.Time { return d.AddDate(i, 0, 0) },
	}[t.Part]
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // of a year of 53 weeks
	if t.Part == ir.Year {
		start = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for i := range 10_000 {
		if d := step(start, i); d.Year() < 10_000 && (timePart{t}).holds(d) {
			return []string{d.Format(time.RFC3339)}
		}
	}
	return nil
}

// suggestMatch returns texts that a regular expression should match.
func suggestMatch(t *ir.Regexp, base string) (texts []string) {
	if t.Tree == nil {
		return nil
	}
	tree := t.Tree.Simplify()
	for choice := range 3 {
		text := example(tree, choice)
		texts = append(texts, text, base+text, text+base, base+"\n"+text)
	}
	return texts
}

// example returns a text that an expression matches, if what it asserts of
// its neighbours does not forbid it. Of alternatives it takes the one of that
// number.
func example(re *syntax.Regexp, choice int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(printable(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpCapture, syntax.OpPlus:
		return example(re.Sub[0], choice)
	case syntax.OpRepeat:
		return strings.Repeat(example(re.Sub[0], choice), re.Min)
	case syntax.OpAlternate:
		return example(re.Sub[choice%len(re.Sub)], choice)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(example(sub, choice))
		}
		return b.String()
	}
	return ""
}

// printable returns a character of a class, one that can be seen where there
// is one.
func printable(ranges []rune) rune {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], ranges[i]+unicode.MaxASCII); r++ {
			if r > ' ' && unicode.IsPrint(r) {
				return r
			}
		}
	}
	if len(ranges) == 0 {
		return 'x'
	}
	return ranges[0]
}
