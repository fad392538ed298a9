package evtx

import "github.com/sigma-compiler/sigmac/internal/jsontext"

// appendValue appends the element as a JSON value.
func (d *Decoder) appendValue(dst []byte, e *element) []byte {
	attributes := len(e.attributes) > 0 && !e.isItem()
	if len(e.children) == 0 && !attributes {
		return d.appendText(dst, e)
	}
	dst = append(dst, '{')
	first := true
	if attributes {
		dst = append(dst, `"#attributes":{`...)
		for i, a := range e.attributes {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsontext.AppendString(dst, a.name), ':')
			dst = d.appendText(dst, a)
		}
		dst = append(dst, '}')
		first = false
	}
	if len(e.texts) > 0 {
		if !first {
			dst = append(dst, ',')
		}
		dst = d.appendText(append(dst, `"#text":`...), e)
		first = false
	}
	return d.appendMembers(dst, e, first)
}

// appendMembers appends the children of the element and closes the object.
// Those of one key are a list.
func (d *Decoder) appendMembers(dst []byte, e *element, first bool) []byte {
	for _, c := range e.children {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(jsontext.AppendString(dst, c.key), ':')
		if c.next == nil {
			dst = d.appendValue(dst, c)
			continue
		}
		dst = d.appendValue(append(dst, '['), c)
		for x := c.next; x != nil; x = x.next {
			dst = d.appendValue(append(dst, ','), x)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendText appends the texts of the element as one value.
func (d *Decoder) appendText(dst []byte, e *element) []byte {
	switch len(e.texts) {
	case 0:
		return append(dst, "null"...)
	case 1:
		return d.appendScalar(dst, &e.texts[0])
	}
	return jsontext.AppendString(dst, d.joined(e))
}

// appendScalar appends a value, which check accepted.
func (d *Decoder) appendScalar(dst []byte, s *scalar) []byte {
	if s.kind == plainText {
		return jsontext.AppendString(dst, s.text)
	}
	b := d.chunk[s.from:s.to]
	if s.kind&list == 0 {
		return appendTyped(dst, s.kind, b)
	}
	dst = append(dst, '[')
	for i := 0; len(b) > 0; i++ {
		n, skip := itemSize(s.kind&^list, b)
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendTyped(dst, s.kind&^list, b[:n])
		b = b[n+skip:]
	}
	return append(dst, ']')
}

// appendTyped appends one value of a type: numbers and booleans as such, all
// others as texts.
func appendTyped(dst []byte, kind byte, b []byte) []byte {
	if kind == stringType {
		return append(appendWide(append(dst, '"'), b), '"')
	}
	if isLiteral(kind, b) {
		return appendPlain(dst, kind, b)
	}
	if kind == ansiType {
		return jsontext.AppendString(dst, string(appendPlain(nil, kind, b)))
	}
	return append(appendPlain(append(dst, '"'), kind, b), '"') // has nothing to escape
}

// appendWide appends a string as what stands between the quotes of a JSON
// string.
func appendWide(dst, b []byte) []byte {
	b = trimWide(b)
	for len(b) > 1 {
		if c := b[0]; b[1] == 0 && c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			dst, b = append(dst, c), b[2:]
			continue
		}
		r, n := decodeWide(b)
		dst, b = jsontext.AppendRune(dst, r), b[n:]
	}
	return dst
}
