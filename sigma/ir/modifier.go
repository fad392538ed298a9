package ir

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Modifier is one value modifier of the specification or an extension, as
// lists of them print it.
type Modifier struct {
	Name    string
	Aliases []string
	Doc     string // one line
	kind    modifierKind
	apply   func(*itemBuilder, sigma.Modifier)
}

// A modifierKind says what a modifier works on, and so what may stand before
// it.
type modifierKind uint8

const (
	linking  modifierKind = iota // how values are linked: goes with everything
	affixing                     // puts stars round a value
	encoding                     // replaces a value by its Base64
	widening                     // replaces a value by its UTF-16
	dashing                      // windash
	casing                       // cased
	choosing                     // chooses the operator: unmodified values only (M34)
	flagging                     // behind re
	timing                       // takes a part of a date
	filling                      // expand
)

// modifiers is the one table of them.
var modifiers = [...]Modifier{
	{"all", nil, "all values must match instead of one", linking, func(ib *itemBuilder, m sigma.Modifier) { ib.applyAll(m) }},
	{"neq", nil, "the field is none of the values", linking, func(ib *itemBuilder, _ sigma.Modifier) { ib.negate = true }},
	{"notin", nil, "the same as neq; an extension", linking, (*itemBuilder).applyNotIn},
	{"contains", nil, "the value stands somewhere in the field", affixing, affix(Substring)},
	{"startswith", nil, "the field begins with the value", affixing, affix(Prefix)},
	{"endswith", nil, "the field ends with the value", affixing, affix(Suffix)},
	{"cased", nil, "upper and lower case are told apart", casing, func(ib *itemBuilder, m sigma.Modifier) { ib.applyCased(m) }},
	{"windash", nil, "a dash that begins a parameter is any of - / – — ―", dashing, (*itemBuilder).applyWindash},
	{"base64", nil, "the value is encoded as Base64", encoding, encode(base64Encoding)},
	{"base64offset", nil, "the value is encoded as Base64 at each of the three offsets", encoding, encode(base64Offsets)},
	{"utf16le", []string{"wide"}, "the value is encoded as UTF-16, little endian", widening, encode(utf16le)},
	{"utf16be", nil, "the value is encoded as UTF-16, big endian", widening, encode(utf16be)},
	{"utf16", nil, "the value is encoded as UTF-16 with a byte order mark, little endian", widening, encode(utf16bom)},
	{"re", nil, "the value is a regular expression that matches somewhere in the field", choosing, operate(opRegexp, 0)},
	{"i", []string{"ignorecase"}, "behind re: case is ignored", flagging, func(ib *itemBuilder, _ sigma.Modifier) { ib.flags.IgnoreCase = true }},
	{"m", []string{"multiline"}, "behind re: ^ and $ match at line breaks", flagging, func(ib *itemBuilder, _ sigma.Modifier) { ib.flags.MultiLine = true }},
	{"s", []string{"dotall"}, "behind re: the dot matches line breaks", flagging, func(ib *itemBuilder, _ sigma.Modifier) { ib.flags.DotMatchesLine = true }},
	{"cidr", nil, "the field is an address in the network", choosing, operate(opCIDR, 0)},
	{"exists", nil, "the field exists (true) or does not (false)", choosing, operate(opExists, 0)},
	{"fieldref", nil, "the value is the name of another field, whose value is meant", choosing, operate(opFieldRef, 0)},
	{"lt", nil, "the field is less than the number", choosing, operate(opCompare, Lt)},
	{"lte", nil, "the field is the number or less", choosing, operate(opCompare, Lte)},
	{"gt", nil, "the field is greater than the number", choosing, operate(opCompare, Gt)},
	{"gte", nil, "the field is the number or greater", choosing, operate(opCompare, Gte)},
	{"minute", nil, "the minute of the field's time, 0 to 59", timing, timePart(Minute)},
	{"hour", nil, "the hour of the field's time, 0 to 23", timing, timePart(Hour)},
	{"day", nil, "the day of the month of the field's time, 1 to 31", timing, timePart(Day)},
	{"week", nil, "the ISO 8601 week of the field's time, 1 to 53", timing, timePart(Week)},
	{"month", nil, "the month of the field's time, 1 to 12", timing, timePart(Month)},
	{"year", nil, "the year of the field's time", timing, timePart(Year)},
	{"expand", nil, "%name% in the value is a placeholder", filling, func(ib *itemBuilder, _ sigma.Modifier) { ib.expand = true }},
}

// Modifiers returns all value modifiers, in the order of the table.
func Modifiers() []Modifier { return append([]Modifier(nil), modifiers[:]...) }

// findModifier returns the modifier of that name or alias, or nil.
func findModifier(name string) *Modifier {
	for i := range modifiers {
		if modifiers[i].Name == name {
			return &modifiers[i]
		}
		for _, alias := range modifiers[i].Aliases {
			if alias == name {
				return &modifiers[i]
			}
		}
	}
	return nil
}

// modifierNames returns all names and aliases, for suggestions.
func modifierNames() []string {
	var names []string
	for i := range modifiers {
		names = append(append(names, modifiers[i].Name), modifiers[i].Aliases...)
	}
	return names
}

// modifier applies the i-th modifier of the item. It returns false after an
// error.
func (ib *itemBuilder) modifier(i int, m sigma.Modifier) bool {
	mod := findModifier(m.Name)
	if mod == nil {
		hint := "sigmac list modifiers names all"
		if near := sigma.Nearest(strings.ToLower(m.Name), modifierNames()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		ib.reject(m.Pos, sigma.BadModifier, hint, "there is no modifier %q", m.Name)
		return false
	}
	for _, earlier := range ib.item.Modifiers[:i] {
		again := mod.kind == encoding || mod.kind == widening && !ib.wide // what was encoded may be once more
		if !again && findModifier(earlier.Name) == mod {
			ib.reject(m.Pos, sigma.BadModifier, "", "the modifier %q stands twice", m.Name)
			return false
		}
	}
	if ib.fits(mod, m) {
		mod.apply(ib, m)
		ib.wide = mod.kind == widening || ib.wide && mod.kind != encoding
	}
	return !ib.failed
}

// fits reports whether a modifier may stand where it does (M34, M41), and
// rejects the item where not.
func (ib *itemBuilder) fits(mod *Modifier, m sigma.Modifier) bool {
	refuse := func(hint, format string, args ...any) bool {
		ib.reject(m.Pos, sigma.BadModifier, hint, format, args...)
		return false
	}
	if ib.item.Field == "" && (mod.kind == choosing && mod.Name != "re" || mod.kind == timing || mod.Name == "startswith" || mod.Name == "endswith") {
		return refuse("keywords are sought anywhere in the event", "%q needs a field", m.Name)
	}
	switch mod.kind {
	case choosing:
		if ib.op == opTime && ib.cmp == Eq && isCompare(mod.Name) {
			return true // hour|gt
		}
		if ib.op != opEqual {
			return refuse("", "%q does not go with %q", m.Name, ib.opPos.Name)
		}
		if ib.affix || ib.coded || ib.dashes || ib.expand || ib.cased {
			return refuse(ib.unmodified(m), "%q takes values that no modifier has changed", m.Name)
		}
	case timing:
		if ib.op != opEqual || ib.affix || ib.coded || ib.dashes || ib.expand || ib.cased {
			return refuse("a comparison may follow: hour|gt", "%q does not go with the modifiers before it", m.Name)
		}
	case flagging:
		if ib.op != opRegexp || ib.affix {
			return refuse("write re|"+m.Name, "%q goes only behind re", m.Name)
		}
	case affixing:
		if ib.affix {
			return refuse("contains stands for both ends", "%q does not go with the other modifier of its kind", m.Name)
		}
		if ib.op != opEqual && ib.op != opRegexp && ib.op != opFieldRef {
			return refuse("", "%q does not go with %q", m.Name, ib.opPos.Name)
		}
	case casing:
		if ib.op == opRegexp {
			return refuse("a regular expression tells case apart unless i follows re", "%q does not go with re", m.Name)
		}
		if ib.op != opEqual && ib.op != opFieldRef {
			return refuse("", "%q does not go with %q", m.Name, ib.opPos.Name)
		}
	case encoding, widening, dashing:
		if ib.op != opEqual {
			return refuse("", "%q does not go with %q", m.Name, ib.opPos.Name)
		}
		if mod.kind == widening && ib.wide {
			return refuse("one of them is enough", "%q does not go with the other form of UTF-16", m.Name)
		}
	case filling:
		if ib.op != opEqual && ib.op != opRegexp {
			return refuse("", "%q does not go with %q", m.Name, ib.opPos.Name)
		}
		if ib.coded {
			return refuse("write expand first", "%q cannot read what was encoded", m.Name)
		}
	}
	return true
}

// unmodified returns what would be right where an operator stands behind
// modifiers of values: those that may follow it instead, or none.
func (ib *itemBuilder) unmodified(m sigma.Modifier) string {
	first := fmt.Sprintf("write %q first", m.Name)
	switch {
	case ib.coded || ib.dashes:
	case m.Name == "re" && !ib.cased:
		return first
	case m.Name == "re":
		return "leave cased out: a regular expression tells case apart unless i follows re"
	case m.Name == "fieldref" && !ib.expand:
		return first
	}
	return fmt.Sprintf("leave out what stands before %q", m.Name)
}

func isCompare(name string) bool {
	return name == "lt" || name == "lte" || name == "gt" || name == "gte"
}

func (ib *itemBuilder) applyAll(m sigma.Modifier) {
	ib.all = true
	if len(ib.values) == 1 {
		ib.note(m.Pos, "all has no effect on a single value", "the specification does not allow it") // M5
	}
}

func (ib *itemBuilder) applyNotIn(m sigma.Modifier) {
	ib.negate = true
	ib.note(m.Pos, `the modifier "notin" is known to this tool only`, `"neq" with a list is the standard spelling`)
}

// strings reports whether all values are strings, and rejects the item where
// not. A number stands for its digits.
func (ib *itemBuilder) strings(m sigma.Modifier) bool {
	for i := range ib.values {
		v := &ib.values[i]
		switch v.src.Kind {
		case sigma.String:
		case sigma.Int, sigma.Float:
			ib.note(v.src.Pos, fmt.Sprintf("%q takes strings, and this is a number", m.Name), fmt.Sprintf("quote it: '%s'", v.src.Text))
			v.src.Kind, v.patterns = sigma.String, []Pattern{Plain(v.src.Text)}
		default:
			ib.reject(v.src.Pos, sigma.BadModifier, "", "%q takes strings, and this is a value of type %s", m.Name, v.src.Kind)
		}
	}
	return !ib.failed
}

func affix(shape Shape) func(*itemBuilder, sigma.Modifier) {
	return func(ib *itemBuilder, m sigma.Modifier) {
		if !ib.strings(m) {
			return
		}
		ib.affix = true
		for i := range ib.values {
			v := &ib.values[i]
			v.shape = shape
			if ib.op != opEqual {
				continue
			}
			for j, p := range v.patterns {
				v.patterns[j] = p.wrap(shape != Prefix, shape != Suffix)
			}
		}
	}
}

func (ib *itemBuilder) applyCased(m sigma.Modifier) {
	if ib.strings(m) {
		ib.cased = true
	}
}

// operate returns the application of a modifier that chooses the operator.
func operate(op operator, cmp Op) func(*itemBuilder, sigma.Modifier) {
	return func(ib *itemBuilder, m sigma.Modifier) {
		ib.opPos, ib.cmp = m, cmp
		if ib.op != opTime {
			ib.op = op
		}
		for i := range ib.values {
			ib.checkOperand(&ib.values[i], m, op)
		}
		if op == opExists && !ib.failed && (len(ib.values) > 1 || len(ib.item.Modifiers) > 1) {
			ib.reject(m.Pos, sigma.BadModifier, "", "%q takes one value and no other modifier", m.Name)
		}
	}
}

// checkOperand rejects the values that an operator cannot take.
func (ib *itemBuilder) checkOperand(v *value, m sigma.Modifier, op operator) {
	pos, kind := v.src.Pos, v.src.Kind
	switch op {
	case opRegexp:
		if kind == sigma.Null {
			ib.reject(pos, sigma.BadModifier, "", "%q takes a regular expression, and this is null", m.Name)
		}
	case opCIDR:
		if kind != sigma.String {
			ib.reject(pos, sigma.BadModifier, "such as 10.0.0.0/8", "%q takes a network, and this is a value of type %s", m.Name, kind)
		}
	case opExists:
		if kind != sigma.Bool {
			ib.reject(pos, sigma.BadModifier, "without quotes", "%q takes true or false, and this is a value of type %s", m.Name, kind) // M8
		}
	case opFieldRef:
		if kind != sigma.String || v.src.Text == "" {
			ib.reject(pos, sigma.BadModifier, "", "%q takes the name of a field", m.Name)
		} else if shape, _ := v.patterns[0].Shape(); shape != Exact {
			ib.reject(pos, sigma.BadModifier, "contains, startswith and endswith may follow", "%q takes the name of a field without wildcards", m.Name)
		}
	case opCompare:
		if kind != sigma.Int && kind != sigma.Float {
			ib.reject(pos, sigma.BadModifier, "such as 5, without quotes", "%q takes a number, and this is a value of type %s", m.Name, kind) // M28
		}
	}
}

func timePart(part Part) func(*itemBuilder, sigma.Modifier) {
	return func(ib *itemBuilder, m sigma.Modifier) {
		ib.op, ib.opPos, ib.part, ib.cmp = opTime, m, part, Eq
		for _, v := range ib.values {
			if v.src.Kind != sigma.Int {
				hint := ""
				if v.src.Kind == sigma.String {
					hint = "such as 5, without quotes"
				}
				ib.reject(v.src.Pos, sigma.BadModifier, hint, "%q takes a whole number, and this is a value of type %s", m.Name, v.src.Kind)
			}
		}
	}
}
