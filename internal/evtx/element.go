package evtx

// An element of an event, or one of its attributes.
type element struct {
	name       string
	key        string // under which it stands in the object around it
	attributes []*element
	children   []*element          // the first one of each key
	next, last *element            // of its key, and the last one, where it is the first
	index      map[string]*element // of the children, where they are many
	texts      []scalar
	absent     bool // an optional value in it is null
}

// newElement returns an element, mostly one of an earlier record.
func (d *Decoder) newElement(name string) *element {
	if d.used == len(d.elements) {
		d.elements = append(d.elements, &element{})
	}
	e := d.elements[d.used]
	d.used++
	*e = element{name: name, key: name, attributes: e.attributes[:0], children: e.children[:0], texts: e.texts[:0]}
	return e
}

// keepElements is how many elements are kept for the next record.
const keepElements = 4096

// reset makes all elements free.
func (d *Decoder) reset() {
	if d.used = 0; len(d.elements) > keepElements {
		d.elements = nil
	}
}

// left reports whether the element is to be left out.
func (e *element) left() bool {
	return e.absent && len(e.texts)+len(e.children)+len(e.attributes) == 0
}

// isItem reports whether the element is a named value, <Data Name="...">.
func (e *element) isItem() bool { return e.key != e.name }

// identify sets the key of an element whose attributes are known.
func (d *Decoder) identify(e *element) {
	if e.name == "Data" && len(e.attributes) == 1 && e.attributes[0].name == "Name" {
		if name := d.joined(e.attributes[0]); name != "" {
			e.key = name
		}
	}
}

// few is how many children are searched one after the other.
const few = 40

// add gives the element a child.
func (e *element) add(c *element) {
	c.last = c
	if first := e.find(c.key); first != nil {
		first.last.next = c
		first.last = c
		return
	}
	if e.children = append(e.children, c); len(e.children) < few {
		return
	}
	if e.index == nil {
		e.index = make(map[string]*element, 2*few)
		for _, x := range e.children {
			e.index[x.key] = x
		}
	}
	e.index[c.key] = c
}

// find returns the first child with a key, or nil.
func (e *element) find(key string) *element {
	if e.index != nil {
		return e.index[key]
	}
	for _, c := range e.children {
		if c.key == key {
			return c
		}
	}
	return nil
}

// joined returns all texts of the element in one.
func (d *Decoder) joined(e *element) string {
	if len(e.texts) == 1 {
		return d.plain(&e.texts[0])
	}
	var text string
	for i := range e.texts {
		text += d.plain(&e.texts[i])
	}
	return text
}
