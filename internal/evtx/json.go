package evtx

import "github.com/sigma-compiler/sigmac/internal/jsontext"

// An element of an event, or one of its attributes.
type element struct {
	name       string
	attributes []*element
	children   []*element
	texts      []scalar
	absent     bool // an optional value in it is null
}

func (e *element) add(s scalar) { e.texts = append(e.texts, s) }

// left reports whether the element is to be left out.
func (e *element) left() bool {
	return e.absent && len(e.texts)+len(e.children)+len(e.attributes) == 0
}

// key returns the name under which the element stands in the object around
// it.
func (e *element) key() string {
	if e.isItem() {
		return e.attributes[0].text()
	}
	return e.name
}

// isItem reports whether the element is a named value: <Data Name="...">.
func (e *element) isItem() bool {
	return e.name == "Data" && len(e.attributes) == 1 && e.attributes[0].name == "Name" && e.attributes[0].text() != ""
}

// text returns all texts of the element in one.
func (e *element) text() string {
	if len(e.texts) == 1 {
		return e.texts[0].text
	}
	var text string
	for i := range e.texts {
		text += e.texts[i].text
	}
	return text
}

// appendValue appends the element as a JSON value.
func (e *element) appendValue(dst []byte) []byte {
	if e.isItem() && len(e.children) == 0 || len(e.attributes)+len(e.children) == 0 {
		return e.appendText(dst)
	}
	dst = append(dst, '{')
	first := true
	if len(e.attributes) > 0 && !e.isItem() {
		dst = append(dst, `"#attributes":{`...)
		for i, a := range e.attributes {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsontext.AppendString(dst, a.name), ':')
			dst = a.appendText(dst)
		}
		dst = append(dst, '}')
		first = false
	}
	if len(e.texts) > 0 {
		if !first {
			dst = append(dst, ',')
		}
		dst = e.appendText(append(dst, `"#text":`...))
		first = false
	}
	return e.appendMembers(dst, first)
}

// appendMembers appends the children of the element and closes the object.
// Those of one name are a list.
func (e *element) appendMembers(dst []byte, first bool) []byte {
	same := make(map[string][]*element, len(e.children))
	for _, c := range e.children {
		same[c.key()] = append(same[c.key()], c)
	}
	for _, c := range e.children {
		key := c.key()
		all := same[key]
		if all == nil {
			continue // is there
		}
		delete(same, key)
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(jsontext.AppendString(dst, key), ':')
		if len(all) == 1 {
			dst = c.appendValue(dst)
			continue
		}
		for i, x := range all {
			dst = x.appendValue(append(dst, "[,"[min(i, 1)]))
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendText appends the texts of the element as one value.
func (e *element) appendText(dst []byte) []byte {
	switch len(e.texts) {
	case 0:
		return append(dst, "null"...)
	case 1:
		return e.texts[0].append(dst)
	}
	return jsontext.AppendString(dst, e.text())
}

// append appends the value as JSON.
func (s *scalar) append(dst []byte) []byte {
	switch {
	case s.list != nil:
		dst = append(dst, '[')
		for i := range s.list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.list[i].append(dst)
		}
		return append(dst, ']')
	case s.literal:
		return append(dst, s.text...)
	}
	return jsontext.AppendString(dst, s.text)
}
