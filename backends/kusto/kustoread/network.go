package kustoread

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// parsePrefix reads an address with or without a length. Host bits are
// allowed (query/ipv4-is-in-range-function).
func parsePrefix(s string) (netip.Prefix, bool) {
	s = strings.TrimSpace(s)
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// mapV6 returns an IPv4 prefix as the IPv6 one of the mapped addresses:
// ipv6_is_match takes 192.168.1.1 and ::ffff:c0a8:0101 as equal
// (query/ipv6-is-match-function), and so are the other functions of IPv6
// taken to do.
func mapV6(p netip.Prefix) netip.Prefix {
	if !p.Addr().Is4() {
		return p
	}
	return netip.PrefixFrom(netip.AddrFrom16(p.Addr().As16()), p.Bits()+96)
}

// networkOf reads an argument of a function for one version of the protocol;
// false where it is none, so that the function is null.
func networkOf(s string, version func(netip.Addr) bool) (netip.Prefix, bool) {
	p, ok := parsePrefix(s)
	if ok && !version(p.Addr()) {
		p = mapV6(p)
	}
	return p, ok && version(p.Addr())
}

// inRange makes ipv4_is_in_any_range() and the like.
func inRange(version func(netip.Addr) bool) func(a []value) value {
	return func(a []value) value {
		addr, ok := networkOf(textOf(a[0]), version)
		if !ok {
			return nil
		}
		found := false
		for _, s := range ranges(a[1:]) {
			p, ok := networkOf(s, version)
			if !ok {
				return nil
			}
			found = found || p.Bits() <= addr.Bits() && p.Contains(addr.Addr())
		}
		return found
	}
}

// ranges returns the texts of networks, which may stand in an array.
func ranges(a []value) []string {
	var out []string
	for _, v := range a {
		if d, ok := v.(*dynamic); ok {
			for i := 0; ; i++ {
				e := d.key(number(i))
				if e == nil {
					break
				}
				out = append(out, e.text())
			}
			continue
		}
		out = append(out, textOf(v))
	}
	return out
}

// privates are what ipv4_is_private() looks in (RFC 1918).
var privates = []value{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}

func isPrivate(a []value) value {
	return inRange(netip.Addr.Is4)(append([]value{a[0]}, privates...))
}

// matchAddress makes ipv4_is_match() and ipv6_is_match(), which compare the
// first bits: as many as the shortest of the lengths.
func matchAddress(version func(netip.Addr) bool) func(a []value) value {
	return func(a []value) value {
		x, ok := networkOf(textOf(a[0]), version)
		y, ok2 := networkOf(textOf(a[1]), version)
		if !ok || !ok2 {
			return nil
		}
		bits := min(x.Bits(), y.Bits())
		if len(a) > 2 {
			n, _ := a[2].(ir.Number)
			length, err := strconv.Atoi(string(n))
			if err != nil {
				return nil
			}
			bits = min(bits, max(length, 0))
		}
		return netip.PrefixFrom(x.Addr(), bits).Masked() == netip.PrefixFrom(y.Addr(), bits).Masked()
	}
}
