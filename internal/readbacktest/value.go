package readbacktest

import (
	"encoding/json"
	"net/netip"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// value returns a value that passes a single test, as far as that is easy.
func (f *filler) value(t ir.Test) any {
	switch t := t.(type) {
	case *ir.Text:
		return f.cased(f.pattern(t.Pattern), t.Cased)
	case *ir.Regexp:
		if t.Tree == nil {
			return t.Source
		}
		var b strings.Builder
		f.expression(&b, t.Tree)
		text := b.String()
		if f.Rand.Intn(3) == 0 {
			text = f.filling() + text + f.filling()
		}
		return f.cased(text, !t.IgnoreCase)
	case *ir.CIDR:
		return f.address(t.Prefix).String()
	case *ir.Compare:
		return f.number(t)
	case *ir.Bool:
		if f.Rand.Intn(2) == 0 {
			return t.Value
		}
		return map[bool]string{true: "true", false: "false"}[t.Value]
	case *ir.TimePart:
		return "2024-01-02T03:04:05Z"
	}
	return "x"
}

// number returns a number that passes a comparison, or the next to one.
func (f *filler) number(t *ir.Compare) any {
	text := string(t.Number)
	switch t.Op {
	case ir.Lt:
		text = "-" + strings.TrimPrefix(text, "-") + "9"
	case ir.Gt:
		text = strings.TrimPrefix(text, "-") + "1"
	}
	if f.Rand.Intn(2) == 0 {
		return json.Number(text)
	}
	return text
}

// nearly returns a text that a single test just misses.
func (f *filler) nearly(t ir.Test) string {
	text, ok := f.value(t).(string)
	if c, isCIDR := t.(*ir.CIDR); isCIDR {
		return f.outside(c.Prefix)
	}
	if !ok || text == "" {
		return "y"
	}
	runes := []rune(text)
	i := f.Rand.Intn(len(runes))
	switch f.Rand.Intn(7) {
	case 0:
		return string(runes[1:])
	case 1:
		return string(runes[:len(runes)-1])
	case 2:
		return text + f.filling()
	case 3:
		return f.filling() + text
	case 4:
		runes[i] = 'q'
	case 5:
		runes[i] = '\n'
	default:
		return string(runes[:i]) + string(runes[i+1:])
	}
	return string(runes)
}

// cased returns the text, now and then in another case where that must not
// matter, or must. The Kelvin sign and the long s, which fold to ASCII
// letters, are left out: no log has them, and most languages do not fold them.
func (f *filler) cased(text string, cased bool) string {
	if f.Rand.Intn(2) == 0 || cased && f.Rand.Intn(4) > 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		other := r
		for range f.Rand.Intn(3) {
			other = unicode.SimpleFold(other)
		}
		if r < unicode.MaxASCII && other > unicode.MaxASCII {
			return r
		}
		return other
	}, text)
}

// filling returns what may stand at an open end, or for a star.
func (f *filler) filling() string {
	return []string{"", "x", " ", `C:\P\`, "\n", "é*?", `\`}[f.Rand.Intn(7)]
}

// pattern returns a text that a pattern matches.
func (f *filler) pattern(p ir.Pattern) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			b.WriteString(e.Text)
		case ir.Star:
			b.WriteString(f.filling())
		case ir.Question:
			b.WriteString([]string{"x", "é", "\n", "*", "?", `\`}[f.Rand.Intn(6)])
		case ir.Dash:
			dashes := []rune(ir.Dashes)
			b.WriteRune(dashes[f.Rand.Intn(len(dashes))])
		}
	}
	return b.String()
}

// expression writes a text that a regular expression matches, anchors aside.
func (f *filler) expression(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 && f.Rand.Intn(2) == 0 {
				r = unicode.ToLower(r)
			}
			b.WriteRune(r)
		}
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			i := f.Rand.Intn(len(re.Rune)/2) * 2
			lo, hi := re.Rune[i], re.Rune[i+1]
			b.WriteRune(lo + rune(f.Rand.Intn(min(int(hi-lo), 40)+1)))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteString([]string{"x", "é", " ", "."}[f.Rand.Intn(4)])
	case syntax.OpAlternate:
		f.expression(b, re.Sub[f.Rand.Intn(len(re.Sub))])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		least := map[syntax.Op]int{syntax.OpPlus: 1, syntax.OpRepeat: re.Min}[re.Op]
		most := map[syntax.Op]int{syntax.OpQuest: 1, syntax.OpRepeat: re.Max}[re.Op]
		if most <= 0 && re.Op != syntax.OpQuest {
			most = least + 2
		}
		for range least + f.Rand.Intn(min(most-least, 3)+1) {
			f.expression(b, re.Sub[0])
		}
	default:
		for _, sub := range re.Sub {
			f.expression(b, sub)
		}
	}
}

// address returns an address of a network.
func (f *filler) address(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(bytes); i++ {
		if f.Rand.Intn(2) == 0 {
			bytes[i/8] |= 0x80 >> (i % 8)
		}
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
}

// outside returns an address just outside of a network, where there is one.
func (f *filler) outside(p netip.Prefix) string {
	if p.Bits() == 0 {
		return "no address"
	}
	bytes := f.address(p).AsSlice()
	i := p.Bits() - 1
	bytes[i/8] ^= 0x80 >> (i % 8)
	addr, _ := netip.AddrFromSlice(bytes)
	return addr.String()
}

// fits reports whether a text may be a value of a column of that type.
func fits(t schema.Type, text string) bool {
	switch t {
	case schema.Int:
		n, ok := ir.ParseNumber(text)
		return ok && n.IsInt() && string(n) == text
	case schema.Float:
		n, ok := ir.ParseNumber(text)
		return ok && string(n) == text
	case schema.Bool:
		return text == "true" || text == "false"
	case schema.IP:
		addr, err := netip.ParseAddr(text)
		return err == nil && addr.String() == text
	case schema.Time:
		return strings.HasPrefix(text, "20") && strings.HasSuffix(text, "Z")
	}
	return true
}
