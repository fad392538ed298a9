package elastic

import (
	"math/rand"
	"net/netip"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// matches reports whether a text is what a pattern says. Stars stand at the
// ends only.
func matches(p ir.Pattern, text string) bool {
	switch shape, lit := p.Shape(); shape {
	case ir.Exact:
		return text == lit
	case ir.Prefix:
		return len(text) >= len(lit) && text[:len(lit)] == lit
	case ir.Substring:
		for i := range len(text) - len(lit) + 1 {
			if text[i:i+len(lit)] == lit {
				return true
			}
		}
	}
	return false
}

// TestNetworkText compares the patterns of networks with the networks, for
// addresses in them, near them and anywhere (M33).
func TestNetworkText(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for _, s := range []string{
		"0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "1.2.3.0/24", "1.2.3.64/26", "1.2.3.4/31", "1.2.3.4/32",
		"::/0", "::1/128", "fe80::/10", "fc00::/7", "2001:db8::/32", "2001:db8:f000::/42", "ff00::/8", "100::/12", "2001:db8:1:2::/64",
	} {
		prefix := netip.MustParsePrefix(s)
		patterns := octetsOrGroups(prefix)
		if patterns == nil {
			t.Errorf("%s has no patterns", s)
			continue
		}
		for range 2000 {
			b := prefix.Addr().AsSlice()
			for i := range b {
				if rnd.Intn(3) == 0 || i >= prefix.Bits()/8 {
					b[i] ^= byte(rnd.Intn(256)) >> rnd.Intn(8)
				}
			}
			addr, _ := netip.AddrFromSlice(b)
			got := false
			for _, p := range patterns {
				got = got || matches(p, addr.String())
			}
			if want := prefix.Contains(addr); got != want {
				t.Errorf("%s in %s: %t, want %t", addr, s, got, want)
			}
		}
	}
	for _, s := range []string{"::/12", "2000::/3", "2001:0:5::/48", "::ffff:1.2.3.0/120"} {
		if got := octetsOrGroups(netip.MustParsePrefix(s)); got != nil {
			t.Errorf("%s: the text of an address does not show that it is in it, but got %v", s, got)
		}
	}
}

func octetsOrGroups(p netip.Prefix) []ir.Pattern {
	if p.Addr().Is4() {
		return octets(p)
	}
	return groups(p)
}

// TestPattern compares the short way to a pattern's expression with the way
// through the tree.
func TestPattern(t *testing.T) {
	for _, s := range []string{"", "*", "a", "*A*", `C:\Temp\*`, "a?b*c", `\*\?`, "äß-]^[", "kKsS", "?*", "#@&<>~\"/"} {
		p := ir.ParsePattern(s)
		for _, cased := range []bool{false, true} {
			for _, style := range []*emit.RegexpStyle{&Regexps, &SlashRegexps} {
				want, what := style.Whole(emit.PatternTree(p, cased))
				if got := style.Pattern(p, cased); got != want || what != "" {
					t.Errorf("Pattern(%q, %t) = %s, want %s %s", s, cased, got, want, what)
				}
			}
		}
	}
}
