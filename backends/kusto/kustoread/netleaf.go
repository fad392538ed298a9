package kustoread

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The networks of all addresses.
var (
	allV4 = netip.MustParsePrefix("0.0.0.0/0")
	allV6 = netip.MustParsePrefix("::/0")
)

// networks returns the tree of ipv4_is_in_range() and the like: null where an
// argument is no address of the version, which where drops, and not() too.
func (l *lowerer) networks(e *call) (readback.Expr, error) {
	for _, a := range e.args[1:] {
		if !isConstant(a) {
			return l.truth(e)
		}
	}
	if isConstant(e.args[0]) {
		return truthOf(e)
	}
	v6 := strings.HasPrefix(e.name, "ipv6")
	version, all := netip.Addr.Is4, []netip.Prefix{allV4}
	if v6 {
		version, all = netip.Addr.Is6, []netip.Prefix{allV6, allV4} // see mapV6
	}
	texts := ranges(privates)
	if e.fn != functions["ipv4_is_private"] {
		args := make([]value, len(e.args)-1)
		for i, a := range e.args[1:] {
			var err error
			if args[i], err = constantOf(a); err != nil {
				return nil, err
			}
		}
		texts = ranges(args)
	}
	var in []netip.Prefix
	for _, s := range texts {
		p, ok := networkOf(s, version)
		switch {
		case ok:
			in = append(in, p)
		case len(texts) == 1:
			return readback.Const(readback.Unknown), nil
		default:
			return nil, unknown(e.from, "the manual does not say what %s gives where one of its ranges is none: %q", e.name, s)
		}
		if v4, ok := unmapV4(p); v6 && ok {
			in = append(in, v4)
		}
	}
	return l.over(e.args[0], probe{
		leaf: func(field string, _ kind) (readback.Expr, error) {
			isAddress := &readback.Not{X: inAny(field, all)}
			return readback.Or{inAny(field, in), readback.And{readback.Const(readback.Unknown), isAddress}}, nil
		},
		holds: func(v value) value {
			args := []value{v}
			for _, a := range e.args[1:] {
				args = append(args, eval(a, nil))
			}
			return e.fn.eval(args)
		},
	})
}

// inAny returns the test that a field is in one of some networks.
func inAny(field string, in []netip.Prefix) readback.Expr {
	parts := make([]readback.Expr, len(in))
	for i, p := range in {
		parts[i] = &readback.Leaf{Field: field, Test: &ir.CIDR{Prefix: p}}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return readback.Or(parts)
}

// unmapV4 returns the IPv4 addresses that are in an IPv6 network as mapped
// ones.
func unmapV4(p netip.Prefix) (netip.Prefix, bool) {
	mapped := mapV6(allV4)
	switch {
	case !p.Overlaps(mapped):
		return netip.Prefix{}, false
	case p.Bits() <= mapped.Bits():
		return allV4, true
	}
	return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96), true
}
