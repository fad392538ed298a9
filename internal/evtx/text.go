package evtx

import (
	"unicode/utf8"
)

// text reads one piece of the text of an element or an attribute.
func (d *Decoder) text(at, end int, subs []substitute, into *element) (int, error) {
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
		into.add(scalar{text: string(rune(d.u16(at + 1)))})
		return at + 3, d.spend(utf8.UTFMax)
	case entityToken:
		name, next := d.name(at + 1)
		if next < 0 {
			return 0, errBroken
		}
		into.add(scalar{text: entity(name)})
		return next, d.spend(len(name) + 2)
	case normalToken, optionalToken:
		return at + 4, d.substitute(d.u16(at+1), token == optionalToken, subs, into)
	}
	return 0, errBroken
}

// characters reads a number of UTF-16 units and them.
func (d *Decoder) characters(at, end int, into *element) (int, error) {
	to := at + 2 + 2*d.u16(at)
	if to > end {
		return 0, errBroken
	}
	s := scalar{text: decodeUTF16(d.chunk[at+2 : to])}
	into.add(s)
	return to, d.spend(len(s.text))
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
// says that the element or attribute with it is left out.
func (d *Decoder) substitute(i int, optional bool, subs []substitute, into *element) error {
	if i >= len(subs) {
		return errBroken
	}
	s := subs[i]
	switch s.kind {
	case nullType:
		into.absent = into.absent || optional
		return nil
	case xmlType:
		_, err := d.content(s.from, s.to, nil, false, into)
		return err
	}
	value, err := d.value(s)
	if err != nil {
		return err
	}
	into.add(value)
	return d.spend(value.size())
}
