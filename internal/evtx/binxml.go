package evtx

import (
	"encoding/binary"
	"errors"
	"slices"
)

// The tokens of binary XML ([MS-EVEN6], 2.2.12). The bit more says that
// attributes, or further attributes, follow.
const (
	endToken        = 0x00
	elementToken    = 0x01
	closeStartToken = 0x02
	closeEmptyToken = 0x03
	closeToken      = 0x04
	valueToken      = 0x05
	attributeToken  = 0x06
	cdataToken      = 0x07
	charToken       = 0x08
	entityToken     = 0x09
	targetToken     = 0x0a
	dataToken       = 0x0b
	templateToken   = 0x0c
	normalToken     = 0x0d
	optionalToken   = 0x0e
	fragmentToken   = 0x0f

	more = 0x40
)

// The readers below return 0 outside of the chunk; callers see that they have
// passed the end.

func (d *Decoder) u8(at int) byte {
	if at < 0 || at >= len(d.chunk) {
		return 0
	}
	return d.chunk[at]
}

func (d *Decoder) u16(at int) int {
	if at < 0 || at+2 > len(d.chunk) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(d.chunk[at:]))
}

func (d *Decoder) u32(at int) int {
	if at < 0 || at+4 > len(d.chunk) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(d.chunk[at:]))
}

// within reports whether the range lies in the chunk.
func (d *Decoder) within(from, to int) bool { return 0 <= from && from <= to && to <= len(d.chunk) }

// content reads what an element, or a fragment, has in it: up to the closing
// token or to the end of the range. It returns where it stopped. The elements
// have a dependency identifier unless they are the value of a substitution.
func (d *Decoder) content(at, end int, subs []scalar, dependency bool, into *element) (int, error) {
	if !d.within(at, end) {
		return 0, errBroken
	}
	if d.depth++; d.depth > maxDepth {
		return 0, errors.New("the elements of the event are nested too deeply")
	}
	defer func() { d.depth-- }()
	for at < end {
		var err error
		switch token := d.chunk[at]; token &^ more {
		case endToken, closeToken:
			return at + 1, nil
		case fragmentToken:
			at += 4
		case elementToken:
			at, err = d.element(at, end, subs, dependency, into)
		case templateToken:
			at, err = d.template(at, end, into)
		case targetToken: // processing instructions are no part of the event
			if _, at = d.name(at + 1); at < 0 {
				err = errBroken
			}
		case dataToken:
			at += 3 + 2*d.u16(at+1)
		default:
			at, err = d.text(at, end, subs, into)
		}
		if err != nil {
			return 0, err
		}
	}
	if at > end {
		return 0, errBroken
	}
	return at, nil
}

// element reads one element with all in it.
func (d *Decoder) element(at, end int, subs []scalar, dependency bool, into *element) (int, error) {
	attributes := d.chunk[at]&more != 0
	at++
	// libevtx: "The dependency identifier is not present when the element
	// start is used in a substitution token". Some writers have it there too.
	if dependency || !d.isName(at+4) && d.isName(at+6) {
		at += 2
	}
	name, at := d.name(at + 4)
	if at < 0 || at > end {
		return 0, errBroken
	}
	e := d.newElement(name)
	if err := d.spend(32 + len(name)); err != nil {
		return 0, err
	}
	if attributes {
		var err error
		if at, err = d.attributes(at+4, end, subs, e); err != nil {
			return 0, err
		}
	}
	d.identify(e)
	switch d.u8(at) {
	case closeEmptyToken:
		at++
	case closeStartToken:
		var err error
		if at, err = d.content(at+1, end, subs, dependency, e); err != nil {
			return 0, err
		}
	default:
		return 0, errBroken
	}
	if !e.left() {
		into.add(e)
	}
	return at, nil
}

// attributes reads the attributes of an element.
func (d *Decoder) attributes(at, end int, subs []scalar, e *element) (int, error) {
	for at < end && d.chunk[at]&^more == attributeToken {
		var name string
		if name, at = d.name(at + 1); at < 0 {
			return 0, errBroken
		}
		a := d.newElement(name)
		if err := d.spend(8 + len(name)); err != nil {
			return 0, err
		}
		for at < end && isText(d.chunk[at]&^more) {
			var err error
			if at, err = d.text(at, end, subs, a); err != nil {
				return 0, err
			}
		}
		if !a.left() {
			e.attributes = append(e.attributes, a)
		}
	}
	return at, nil
}

func isText(token byte) bool {
	switch token {
	case valueToken, cdataToken, charToken, entityToken, normalToken, optionalToken:
		return true
	}
	return false
}

// template reads a template instance: the definition, which may stand
// elsewhere in the chunk, and the values to fill in.
func (d *Decoder) template(at, end int, into *element) (int, error) {
	definition := d.u32(at + 6)
	at += 10
	const header = 24 // next offset, GUID, size
	from := definition + header
	to := from + d.u32(definition+20)
	if !d.within(from, to) {
		return 0, errBroken
	}
	if definition == at {
		at = to
	}
	n := d.u32(at)
	at += 4
	data := at + 4*n
	if n > len(d.chunk)/4 || !d.within(data, end) {
		return 0, errBroken
	}
	subs := d.substitutes(n)
	for i := range subs {
		subs[i] = scalar{kind: d.u8(at + 2), from: data, to: data + d.u16(at)}
		data, at = subs[i].to, at+4
	}
	if data > end {
		return 0, errBroken
	}
	if err := d.spend(n); err != nil {
		return 0, err
	}
	_, err := d.content(from, to, subs, true, into)
	d.values = d.values[:len(d.values)-n]
	return data, err
}

// substitutes returns room for the values of a template, until they are given
// back.
func (d *Decoder) substitutes(n int) []scalar {
	from := len(d.values)
	d.values = slices.Grow(d.values, n)[:from+n]
	return d.values[from : from+n : from+n]
}

// isName reports whether the offset at a place leads to a name.
func (d *Decoder) isName(at int) bool {
	offset := d.u32(at)
	n := d.u16(offset + 6)
	end := offset + 8 + 2*n
	return offset >= chunkHeader && n > 0 && d.within(offset, end+2) && d.u16(end) == 0
}

// name reads the name whose offset stands at a place and returns where it
// goes on: behind the name, if that stands right there. It is -1 where there
// is no name.
func (d *Decoder) name(at int) (string, int) {
	offset := d.u32(at)
	at += 4
	n := d.u16(offset + 6)
	if !d.within(offset, offset+8+2*n+2) || offset == 0 {
		return "", -1
	}
	if offset == at {
		at += 8 + 2*n + 2
	}
	return d.wide(offset+8, offset+8+2*n), at
}

// spend takes from what the record may become.
func (d *Decoder) spend(n int) error {
	if d.left -= n; d.left < 0 {
		return errors.New("the event is longer than 1 MiB when its template is filled in")
	}
	return nil
}
