package eval

import (
	"strconv"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An atom is a test of one field, or of all values of the event. Equal tests
// of any number of rules are one atom.
type atom struct {
	slot  int32 // of the field, or wordSlot
	other int32 // slot of the second field of a reference
	kind  atomKind
	test  ir.Test
	check checker // nil for tests of the event
	uses  int     // how often rules name it
	noise int     // how often of these in a negation: filters name what is common
}

// wordSlot stands for all values of the event: keywords.
const wordSlot = -1

type atomKind uint8

const (
	valueAtom   atomKind = iota // found by the index of its field
	gateAtom                    // the value contains what every match of a regular expression does; found by the index, too
	slowAtom                    // a regular expression: run only when all else in its rule holds
	nullAtom                    // the field is absent or null
	presentAtom                 // the event has the field
	referAtom                   // compares two fields
)

// appendKey appends what tells a test from all others that do not mean the
// same. Tests that differ in their place only have the same key.
func appendKey(dst []byte, t ir.Test, slot int32) []byte {
	dst = append(strconv.AppendInt(dst, int64(slot), 10), ' ')
	str := func(kind string, flag bool, text string) []byte {
		return append(strconv.AppendBool(append(dst, kind...), flag), text...)
	}
	switch t := t.(type) {
	case *ir.Text:
		text := t.Pattern.String()
		if !t.Cased {
			text = foldText(text)
		}
		return str("text", t.Cased, text)
	case *ir.Bool:
		return str("text", false, strconv.FormatBool(t.Value))
	case *ir.Regexp:
		return str("regexp"+t.Flags()+" ", t.Tree == nil, t.Source)
	case *ir.CIDR:
		return str("cidr", false, t.Prefix.String())
	case *ir.Compare:
		return str("number"+t.Op.String(), false, string(t.Number))
	case *ir.TimePart:
		return str(t.Part.String()+t.Op.String(), false, string(t.Number))
	case *ir.FieldRef:
		return str("field"+t.Shape.String(), t.Cased, t.Field)
	case *ir.Null:
		return str("null", false, "")
	}
	return str("exists", false, "")
}

// A plainText is an exact text, prefix, suffix or substring, folded.
type plainText struct {
	shape ir.Shape
	text  string
}

// maxVariants bounds how many spellings of the dashes of one text the index
// looks for: those of two dashes. Texts with more are globs.
const maxVariants = 25

// plain returns the texts of which a value that passes the test has one, and
// a value that has one passes, but for the case of letters. It is empty for
// tests that are not as simple.
func (a *atom) plain() []plainText {
	switch t := a.test.(type) {
	case *ir.Bool:
		return []plainText{{ir.Exact, strconv.FormatBool(t.Value)}}
	case *ir.Text:
		variants := []ir.Pattern{t.Pattern}
		if t.Pattern.Has(ir.Dash) {
			var ok bool
			if variants, ok = t.Pattern.ExpandDashes(maxVariants); !ok {
				return nil
			}
		}
		out := make([]plainText, len(variants))
		for i, p := range variants {
			shape, text := p.Shape()
			if shape == ir.Glob {
				return nil
			}
			out[i] = plainText{shape, foldText(text)}
		}
		return out
	}
	return nil
}
