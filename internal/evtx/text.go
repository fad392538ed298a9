package evtx

import "unicode/utf8"

// text reads one piece of the text of an element or an attribute.
func (d *Decoder) text(at, end int, subs []scalar, into *element) (int, error) {
	token := d.chunk[at] &^ more
	switch token {
	case valueToken: // [MS-EVEN6] 2.2.12: a text in a template is always a string
		if d.u8(at+1) != stringType {
			return 0, errBroken
		}
		return d.characters(at+2, end, into)
	case cdataToken:
		return d.characters(at+1, end, into)
	case charToken:
		into.texts = append(into.texts, scalar{kind: plainText, text: string(rune(d.u16(at + 1)))})
		return at + 3, d.spend(utf8.UTFMax)
	case entityToken:
		name, next := d.name(at + 1)
		if next < 0 {
			return 0, errBroken
		}
		into.texts = append(into.texts, scalar{kind: plainText, text: entity(name)})
		return next, d.spend(len(name) + 2)
	case normalToken, optionalToken:
		return at + 4, d.substitute(d.u16(at+1), token == optionalToken, subs, into)
	}
	return 0, errBroken
}

// characters reads a number of UTF-16 units and them.
func (d *Decoder) characters(at, end int, into *element) (int, error) {
	s := scalar{kind: stringType, from: at + 2, to: at + 2 + 2*d.u16(at)}
	if s.to > end || !d.within(s.from, s.to) {
		return 0, errBroken
	}
	into.texts = append(into.texts, s)
	return s.to, d.spend(s.size())
}

// entity returns what a predefined entity of XML stands for.
func entity(name string) string {
	switch name {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	return "&" + name + ";"
}

// substitute fills in a value. Of an optional one that is null, [MS-EVEN6]
// says that the element or attribute with it is left out. Values that the
// template asks for and the event lacks are null: such events exist (libevtx,
// issue 24).
func (d *Decoder) substitute(i int, optional bool, subs []scalar, into *element) error {
	if i >= len(subs) || subs[i].kind == nullType {
		into.absent = into.absent || optional
		return nil
	}
	s := &subs[i]
	if s.kind == xmlType {
		_, err := d.content(s.from, s.to, nil, false, into)
		return err
	}
	if err := d.check(s); err != nil {
		return err
	}
	into.texts = append(into.texts, *s)
	return d.spend(s.size())
}
