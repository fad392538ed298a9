package ir

import (
	"fmt"
	"net/netip"

	"github.com/sigma-compiler/sigmac/sigma"
)

// cidr makes the test of a network (M33). An address without a length is the
// network of that one address. Host bits are masked, with a note (M35).
func (ib *itemBuilder) cidr(v *value) Test {
	prefix, err := netip.ParsePrefix(v.src.Text)
	if err != nil {
		addr, err := netip.ParseAddr(v.src.Text)
		if err != nil || addr.Zone() != "" {
			ib.reject(v.src.Pos, sigma.BadCIDR, "such as 10.0.0.0/8 or 2001:db8::/32", "%q is not a network", v.src.Text)
			return nil
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if masked := prefix.Masked(); masked != prefix {
		ib.note(v.src.Pos, fmt.Sprintf("%s has bits set behind its length", v.src.Text), fmt.Sprintf("the network is %s", masked))
		prefix = masked
	}
	return &CIDR{Pos: v.src.Pos, Prefix: prefix}
}
