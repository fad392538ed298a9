package synth

import (
	"math/rand/v2"
	"net/netip"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// addresses returns addresses in and round the networks that are asked for.
func (f *field) addresses(d demands, pick *rand.Rand) []value {
	var values []value
	add := func(a netip.Addr) {
		if a.IsValid() {
			values = append(values, textValue(a.String()))
		}
	}
	for _, t := range d.pass {
		c, ok := t.(*ir.CIDR)
		if !ok {
			continue
		}
		first, last := c.Prefix.Addr(), lastOf(c.Prefix)
		if c.Prefix.Bits() < c.Prefix.Addr().BitLen() {
			add(first.Next())
		}
		add(first)
		add(last)
		for range 40 {
			add(anyOf(c.Prefix, pick))
		}
	}
	if values == nil {
		return nil
	}
	for _, t := range d.fail { // beside a network that is excluded
		if c, ok := t.(*ir.CIDR); ok {
			add(c.Prefix.Addr().Prev())
			add(lastOf(c.Prefix).Next())
		}
	}
	return values
}

// lastOf returns the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// anyOf returns some address of a network.
func anyOf(p netip.Prefix, pick *rand.Rand) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		if pick.IntN(2) == 1 {
			b[i/8] |= 0x80 >> (i % 8)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
