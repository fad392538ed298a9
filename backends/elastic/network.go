package elastic

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// AddressOrText says for emit.Settle which type a test takes its field for, as
// a bit: an index has a field as addresses, in which no text is found but that
// of an address, or as text, in which no network is.
func AddressOrText(t ir.Test) uint8 {
	switch t.(type) {
	case *ir.Text, *ir.Regexp:
		return 1
	case *ir.CIDR:
		return 2
	}
	return 0
}

// networkText returns the test that the text of an address lies in the
// network; the test itself, with an error, where that cannot be seen from the
// text.
func networkText(j *emit.Job, f emit.Field, t *ir.CIDR) ir.Test {
	var patterns []ir.Pattern
	if t.Prefix.Addr().Is4() {
		patterns = octets(t.Prefix)
		j.Warn(f.Pos, sigma.Assumed, "", "%s is text: what looks like the begin of an address of %s is taken to be one", f.Name, t.Prefix)
	} else {
		if patterns = groups(t.Prefix); patterns == nil {
			j.Fail(t.Pos, sigma.Unsupported, "esql can: it reads the text as an address",
				"%s is of type %s: %s cannot find the texts of addresses in %s", f.Name, f.Type(), j.Backend.Title, t.Prefix)
			return t
		}
		j.Warn(f.Pos, sigma.Assumed, "", "%s is text: its addresses are taken to be in the short form of RFC 5952", f.Name)
	}
	tests := make([]ir.Test, len(patterns))
	for i, p := range patterns {
		tests[i] = &ir.Text{Pos: t.Pos, Pattern: p}
	}
	return ir.AnyTest(tests...)
}

// octets returns the patterns of the IPv4 addresses of a network: up to 128
// for a mask that cuts an octet.
func octets(p netip.Prefix) []ir.Pattern {
	addr := p.Addr().As4()
	whole, rest := p.Bits()/8, p.Bits()%8
	var b strings.Builder
	for _, o := range addr[:whole] {
		fmt.Fprintf(&b, "%d.", o)
	}
	if whole == 4 {
		return []ir.Pattern{ir.Plain(p.Addr().String())}
	}
	if rest == 0 {
		return []ir.Pattern{begins(b.String(), whole == 0)}
	}
	var out []ir.Pattern
	for i := range 1 << (8 - rest) {
		octet := strconv.Itoa(int(addr[whole]) + i)
		if whole == 3 {
			out = append(out, ir.Plain(b.String()+octet))
			continue
		}
		out = append(out, begins(b.String()+octet+".", false))
	}
	return out
}

// begins is the pattern of what begins with a text; any IPv4 address where
// there is none.
func begins(text string, any bool) ir.Pattern {
	if any {
		text = "."
		return ir.NewPattern(ir.Element{Kind: ir.Star}, ir.Element{Text: text}, ir.Element{Kind: ir.Star})
	}
	return ir.NewPattern(ir.Element{Text: text}, ir.Element{Kind: ir.Star})
}

// maxGroups is how many patterns a mask that cuts a group of an IPv6 address
// may need: enough for the unique local addresses, fc00::/7.
const maxGroups = 512

// groups returns the patterns of the IPv6 addresses of a network, as RFC 5952
// writes them, or nil where zeros that the text leaves out could be a part of
// the network, or the patterns are too many. A group is written out as a
// whole: "fe8*" would find the address fe8::1 too.
func groups(p netip.Prefix) []ir.Pattern {
	if p.Bits() == 128 {
		return []ir.Pattern{ir.Plain(p.Addr().String())}
	}
	if p.Bits() == 0 {
		return []ir.Pattern{ir.NewPattern(ir.Element{Kind: ir.Star}, ir.Element{Text: ":"}, ir.Element{Kind: ir.Star})}
	}
	addr := p.Addr().As16()
	whole, rest := p.Bits()/16, p.Bits()%16
	var b strings.Builder
	for i := range whole {
		group := int(addr[2*i])<<8 | int(addr[2*i+1])
		if group == 0 {
			return nil
		}
		fmt.Fprintf(&b, "%x:", group)
	}
	if rest == 0 {
		return []ir.Pattern{begins(b.String(), false)}
	}
	first := int(addr[2*whole])<<8 | int(addr[2*whole+1])
	n := 1 << (16 - rest)
	if first == 0 || n > maxGroups {
		return nil
	}
	out := make([]ir.Pattern, n)
	for i := range out {
		out[i] = begins(b.String()+strconv.FormatInt(int64(first+i), 16)+":", false)
	}
	return out
}
