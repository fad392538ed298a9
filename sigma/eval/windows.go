package eval

import (
	"bytes"
	"strings"
)

// A context says where in a Windows event an object stands. Exporters write
// the event's XML in different shapes; rules use the names of the leaves.
type context uint8

const (
	outside  context = iota // nothing here has another name
	inEvent                 // Event
	inSystem                // Event.System: Channel, Provider.Name as Provider_Name (X3)
	inData                  // Event.EventData, winlog.event_data: fields under their own names
	inUser                  // Event.UserData: one element, whose members are fields
	inWinlog                // winlogbeat's own names for what System holds
	inPart                  // an element with attributes: they are named Element_Attribute
	inItem                  // one of a list of Data elements with a name and a text
)

// The ranks of names found in these places. What System says goes before what
// the event's own data says.
const (
	rankSystem = isAlias + iota
	rankData
	rankSpaces
)

// dotted are the same places where the whole path is one flat name.
var dotted = [...]struct {
	prefix  string
	context context
}{
	{"winlog.event_data.", inData},
	{"winlog.user_data.", inData},
	{"winlog.", inWinlog},
	{"Event.EventData.", inData},
	{"Event.System.", inSystem},
	{"EventData.", inData},
	{"System.", inSystem},
}

// winlogNames are the names that Winlogbeat gives to the elements of System
// (Winlogbeat reference, "Winlogbeat fields").
var winlogNames = [...][2]string{
	{"channel", "Channel"}, {"event_id", "EventID"}, {"provider_name", "Provider_Name"}, {"provider_guid", "Provider_Guid"},
	{"computer_name", "Computer"}, {"record_id", "EventRecordID"}, {"version", "Version"}, {"opcode", "Opcode"}, {"task", "Task"},
	{"activity_id", "Correlation_ActivityID"}, {"related_activity_id", "Correlation_RelatedActivityID"},
}

// enter sets the context of an object that is about to be opened.
func (v *Visitor) enter(l *level, key []byte) {
	parent := level{}
	if n := len(v.levels); n > 0 {
		if parent = v.levels[n-1]; parent.context == outside {
			return
		}
	}
	switch parent.context {
	case outside, inEvent: // outside: the event itself
		l.context = enterEvent(key, parent.context)
	case inUser:
		if !isAttributes(key) {
			l.context = inData
		}
	case inWinlog:
		if string(key) == "event_data" || string(key) == "user_data" {
			l.context = inData
		}
	case inData:
		if isAttributes(key) {
			return // those of the element EventData
		}
		if string(key) == "Data" {
			l.context, l.texts = inItem, len(v.items)
			return
		}
		v.enterPart(l, 0, key, rankData)
	case inSystem:
		v.enterPart(l, 0, key, rankSystem)
	case inPart:
		if isAttributes(key) {
			l.context, l.alias, l.aliasRank = inPart, parent.alias, parent.aliasRank
			return
		}
		v.enterPart(l, parent.alias, key, parent.aliasRank)
	case inItem:
		if isAttributes(key) {
			l.context, l.alias = inItem, 1
		}
	}
}

func enterEvent(key []byte, c context) context {
	switch string(key) {
	case "Event":
		if c == outside {
			return inEvent
		}
	case "winlog":
		if c == outside {
			return inWinlog
		}
	case "System":
		return inSystem
	case "EventData":
		return inData
	case "UserData":
		return inUser
	}
	return outside
}

// enterPart opens an element whose members are named after it.
func (v *Visitor) enterPart(l *level, prefix int, key []byte, rk rank) {
	text, ok := v.join(prefix, bytes.TrimSuffix(key, []byte("_attributes")))
	if ok && len(text) > 0 {
		v.alias = text
		l.context, l.alias, l.aliasRank = inPart, len(text), rk
	}
}

// join returns, in the room of v.alias, the name that begins with its first
// bytes and goes on with the key without its spaces (X3), or false where no
// field has a name as long.
func (v *Visitor) join(prefix int, key []byte) (text []byte, ok bool) {
	text = v.alias[:prefix]
	if prefix > 0 {
		text = append(text, '_')
	}
	for _, c := range key {
		if c != ' ' {
			text = append(text, c)
		}
		if len(text) > v.names.longest {
			return nil, false
		}
	}
	return text, true
}

// isAttributes reports whether the key is under which exporters put the
// attributes of an element.
func isAttributes(key []byte) bool {
	return string(key) == "#attributes" || string(key) == "@attributes" || string(key) == "attributes"
}

// isText reports whether the key is under which exporters put the text of an
// element that has attributes.
func isText(key []byte) bool {
	return string(key) == "#text" || string(key) == "text" || string(key) == "Value" || string(key) == "#value"
}

// resolveAlias finds the slot of a name under which rules know the field that
// the event calls otherwise, or -1. The entry is that of the name as it stands
// where it has one.
func (v *Visitor) resolveAlias(e *name, key []byte, r ref) (int32, rank) {
	n := len(v.levels)
	if n == 0 {
		if e != nil && e.slot >= 0 && !e.aliased {
			return -1, 0
		}
		return v.resolveFlat(key)
	}
	l := &v.levels[n-1]
	switch l.context {
	case inSystem:
		return v.lookAlias(0, key), rankSystem
	case inData:
		return v.lookAlias(0, key), rankData
	case inWinlog:
		return v.lookWinlog(key), rankSystem
	case inPart:
		if isText(key) {
			return v.slotOf(v.alias[:l.alias]), l.aliasRank
		}
		return v.lookAlias(l.alias, key), l.aliasRank
	case inItem:
		v.noteItem(key, r)
	}
	return -1, 0
}

// claimAlias notes that an object is there under the name by which rules know
// it.
func (v *Visitor) claimAlias(e *name, key []byte) {
	if n := len(v.levels); n > 0 {
		switch c := v.levels[n-1].context; {
		case c == inItem, c == inData && string(key) == "Data", c != inSystem && isAttributes(key):
			return // its members belong to the element
		}
	}
	if slot, rk := v.resolveAlias(e, key, ref{}); slot >= 0 {
		if s := v.claim(slot, rk); s != nil {
			s.object = true
		}
	}
}

// isAliased reports whether a name at the top of an event may mean more than
// itself.
func isAliased(name string) bool {
	for i := range dotted {
		if strings.HasPrefix(name, dotted[i].prefix) {
			return true
		}
	}
	return strings.Contains(name, " ")
}

// resolveFlat finds what else is meant by a name at the top of the event: one
// with spaces (X3), or one of the paths above written with dots.
func (v *Visitor) resolveFlat(key []byte) (int32, rank) {
	if len(key) == 0 {
		return -1, 0
	}
	if c := key[0]; c == 'w' || c == 'E' || c == 'S' {
		for i := range dotted {
			d := &dotted[i]
			if rest, ok := bytes.CutPrefix(key, []byte(d.prefix)); ok {
				if d.context == inWinlog {
					return v.lookWinlog(rest), rankSystem
				}
				if d.context == inSystem {
					return v.lookAlias(0, rest), rankSystem
				}
				return v.lookAlias(0, rest), rankData
			}
		}
	}
	if bytes.IndexByte(key, ' ') >= 0 {
		return v.lookAlias(0, key), rankSpaces
	}
	return -1, 0
}

// lookAlias finds the slot of the name that begins with the first bytes of
// v.alias and goes on with the key.
func (v *Visitor) lookAlias(prefix int, key []byte) int32 {
	if prefix == 0 && bytes.IndexByte(key, ' ') < 0 {
		return v.slotOf(key)
	}
	text, ok := v.join(prefix, key)
	if !ok {
		return -1
	}
	v.alias = text
	return v.slotOf(text)
}

func (v *Visitor) lookWinlog(key []byte) int32 {
	for i := range winlogNames {
		if winlogNames[i][0] == string(key) {
			return v.slotOf(append(v.alias[:0], winlogNames[i][1]...))
		}
	}
	return -1
}

func (v *Visitor) slotOf(text []byte) int32 {
	if e := v.names.find(text); e != nil {
		return e.slot
	}
	return -1
}

// noteItem remembers the name and the texts of a Data element.
func (v *Visitor) noteItem(key []byte, r ref) {
	n := len(v.levels)
	l := &v.levels[n-1]
	attribute := l.alias == 1 && n > 1
	if attribute {
		l = &v.levels[n-2] // the object of its attributes is innermost
	}
	switch string(key) {
	case "Name", "@Name", "-Name":
		if r.flags&nothing == 0 {
			l.name = r
			l.names++
		}
		return
	}
	if attribute || !isText(key) {
		return
	}
	l.texted = true
	if r.flags&nothing == 0 {
		v.items = append(v.items, r)
	}
}

// item gives the field that a Data element names the element's texts. Those of
// an element that has not exactly one name are values of the field Data.
func (v *Visitor) item(l *level) {
	if l.alias == 1 {
		return
	}
	key := []byte("Data")
	if l.names == 1 {
		x := value{from: l.name.from, to: l.name.to, flags: l.name.flags}
		if key = v.raw(&x); x.flags&escaped != 0 {
			v.keybuf = unescape(v.keybuf[:0], key)
			key = v.keybuf
		}
	}
	if slot := v.lookAlias(0, key); slot >= 0 && (l.texted || l.names == 1) {
		v.claim(slot, rankData)
		for _, r := range v.items[l.texts:] {
			r.flags |= again
			v.put(slot, rankData, r)
		}
	}
	v.items = v.items[:l.texts]
}
