package emit

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// maxDashes bounds how many values a value with windash is written as; one
// with more dashes becomes a regular expression.
const maxDashes = 125

// lowerTest returns the test for the field's column; false where it can never
// be passed.
func lowerTest(j *Job, f Field, t ir.Test) (ir.Test, bool) {
	if why := unmet(j, f, t); why != "" {
		return never(j, f, t, why)
	}
	switch t := t.(type) {
	case ir.AnyOf:
		out := lowerTests(j, f, t)
		if len(out) == 0 {
			return nil, false
		}
		if len(out) == len(t) && &out[0] == &t[0] {
			return t, true
		}
		return ir.AnyTest(out...), true
	case ir.AllOf:
		out := lowerTests(j, f, t)
		if len(out) < len(t) {
			return nil, false
		}
		if &out[0] == &t[0] {
			return t, true
		}
		return ir.AllTests(out...), true
	case *ir.Text:
		return lowerText(j, f, t)
	case *ir.Regexp:
		if names := t.Placeholders(); names != nil {
			unfilled(j, t.Pos, names[0])
		}
		return t, true
	case *ir.Compare:
		return lowerCompare(j, f, t)
	case *ir.Bool:
		return lowerBool(j, f, t)
	case *ir.CIDR:
		switch f.Type() {
		case schema.Int, schema.Float, schema.Bool, schema.Time, schema.GUID:
			return never(j, f, t, "holds no addresses")
		}
	}
	return t, true
}

// lowerTests lowers the tests of a list; those that can never be passed are
// left out. Where none changes, the result is ts itself.
func lowerTests(j *Job, f Field, ts []ir.Test) []ir.Test {
	out, changed := ts, false
	for i, t := range ts {
		u, ok := lowerTest(j, f, t)
		if !changed && (!ok || !ir.SameTest(t, u)) {
			out, changed = append(make([]ir.Test, 0, len(ts)), ts[:i]...), true
		}
		if changed && ok {
			out = append(out, u)
		}
	}
	return out
}

func unfilled(j *Job, pos sigma.Pos, name string) {
	j.Fail(pos, sigma.BadPlaceholder, "a pipeline with value_placeholders gives it values", "the placeholder %%%s%% has no value", name)
}

// never notes that a value can never be in the field's column.
func never(j *Job, f Field, t ir.Test, what string) (ir.Test, bool) {
	j.Warn(t.Position(), sigma.BadFieldType, "the value never matches there", "%s is of type %s and %s", f.Name, f.Type(), what)
	return nil, false
}

func lowerText(j *Job, f Field, t *ir.Text) (ir.Test, bool) {
	for _, e := range t.Pattern {
		if e.Kind == ir.Placeholder {
			unfilled(j, t.Pos, e.Text)
			return t, true
		}
	}
	if t.Pattern.Has(ir.Dash) {
		return lowerDashes(t)
	}
	if f.Type().IsString() || f.Type() == schema.Dynamic {
		return t, true
	}
	shape, text := t.Pattern.Shape()
	if shape == ir.Any {
		return &ir.Exists{Pos: t.Pos, Want: true}, true
	}
	switch f.Type() {
	case schema.Int, schema.Float:
		if shape != ir.Exact {
			break
		}
		if n, ok := ir.ParseNumber(text); ok {
			return lowerCompare(j, f, &ir.Compare{Pos: t.Pos, Op: ir.Eq, Number: n})
		}
		return never(j, f, t, strconv.Quote(text)+" is no number")
	case schema.Bool:
		if shape == ir.Exact {
			if b, ok := parseBool(text); ok {
				return &ir.Bool{Pos: t.Pos, Value: b}, true
			}
			return never(j, f, t, strconv.Quote(text)+" is neither true nor false")
		}
	case schema.IP:
		return lowerAddress(j, f, t, shape, text)
	}
	return t, true
}

// lowerDashes writes out the choices of windash (M12), or makes a regular
// expression where they are too many.
func lowerDashes(t *ir.Text) (ir.Test, bool) {
	patterns, ok := t.Pattern.ExpandDashes(maxDashes)
	if !ok {
		return &ir.Regexp{Pos: t.Pos, Tree: PatternTree(t.Pattern, t.Cased)}, true
	}
	tests := make([]ir.Test, len(patterns))
	for i, p := range patterns {
		tests[i] = &ir.Text{Pos: t.Pos, Pattern: p, Cased: t.Cased}
	}
	return ir.AnyTest(tests...), true
}

// lowerAddress fits a text to a column of addresses. A text that ends behind
// a dot or a colon, such as "10." of startswith, is the network it spells.
func lowerAddress(j *Job, f Field, t *ir.Text, shape ir.Shape, text string) (ir.Test, bool) {
	switch shape {
	case ir.Exact:
		if _, err := netip.ParseAddr(text); err != nil {
			return never(j, f, t, strconv.Quote(text)+" is no address")
		}
		return t, true
	case ir.Prefix:
		p, ok := octetPrefix(text)
		if !ok {
			p, ok = groupPrefix(text)
		}
		if ok {
			return &ir.CIDR{Pos: t.Pos, Prefix: p}, true
		}
	}
	if PatternHas(t.Pattern, notInAddress) {
		return never(j, f, t, "no address has "+strconv.Quote(t.Pattern.String())+" in its text")
	}
	return t, true
}

// notInAddress reports whether no text of an address has this in it: there are
// hexadecimal digits, dots and colons only, at most four digits side by side,
// and four do not begin with a zero (RFC 5952).
func notInAddress(s string) bool {
	digits := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.' || c == ':':
			digits = 0
			continue
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'f':
			digits++
		default:
			return true
		}
		if digits > 4 || digits == 4 && s[i-3] == '0' {
			return true
		}
	}
	return false
}

// groupPrefix returns the IPv6 network of the addresses whose text begins with
// whole groups, none of them zero, and a colon.
func groupPrefix(text string) (netip.Prefix, bool) {
	groups := strings.Split(text, ":")
	n := len(groups) - 1
	if n < 1 || n > 6 || groups[n] != "" {
		return netip.Prefix{}, false
	}
	addr, err := netip.ParseAddr(text + ":")
	if err != nil || strings.Contains(addr.StringExpanded()[:5*n], "0000") {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, 16*n), true
}

// octetPrefix returns the IPv4 network of the addresses whose text begins
// with one to three whole octets and a dot.
func octetPrefix(text string) (netip.Prefix, bool) {
	octets := strings.Split(text, ".")
	n := len(octets) - 1
	if n < 1 || n > 3 || octets[n] != "" {
		return netip.Prefix{}, false
	}
	addr, err := netip.ParseAddr(text + strings.Repeat("0.", 3-n) + "0")
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, 8*n), true
}

// lowerCompare fits a number to the column: in a text column it is its digits
// (V3).
func lowerCompare(j *Job, f Field, t *ir.Compare) (ir.Test, bool) {
	if t.Op != ir.Eq {
		switch f.Type() {
		case schema.Bool, schema.IP, schema.GUID:
			return never(j, f, t, "no number is less or greater")
		}
		return t, true
	}
	switch f.Type() {
	case schema.Keyword, schema.Caseless, schema.Wildcard, schema.Text, schema.GUID:
		return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(string(t.Number))}, true
	case schema.Int:
		if !t.Number.IsInt() {
			return never(j, f, t, string(t.Number)+" has a fraction")
		}
	case schema.Bool, schema.IP:
		return never(j, f, t, string(t.Number)+" is a number")
	}
	return t, true
}

// lowerBool fits a boolean to the column: in a text column it is the word, in
// either case (V8).
func lowerBool(j *Job, f Field, t *ir.Bool) (ir.Test, bool) {
	switch f.Type() {
	case schema.Keyword, schema.Caseless, schema.Wildcard, schema.Text:
		return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(strconv.FormatBool(t.Value))}, true
	case schema.Int, schema.Float, schema.IP, schema.GUID:
		return never(j, f, t, strconv.FormatBool(t.Value)+" is a boolean")
	}
	return t, true
}

func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}
