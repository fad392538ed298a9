package eval

import "bytes"

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
		l.context = inData
	case inWinlog:
		if string(key) == "event_data" || string(key) == "user_data" {
			l.context = inData
		}
	case inData:
		if isAttributes(key) {
			return // those of the element EventData
		}
		if string(key) == "Data" {
			l.context = inItem
			return
		}
		v.enterPart(l, 0, key)
	case inSystem:
		v.enterPart(l, 0, key)
	case inPart:
		if isAttributes(key) {
			l.context, l.alias = inPart, parent.alias
			return
		}
		v.enterPart(l, parent.alias, key)
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
func (v *Visitor) enterPart(l *level, prefix int, key []byte) {
	key = bytes.TrimSuffix(key, []byte("_attributes"))
	if prefix+len(key) > v.names.longest {
		return
	}
	v.alias = append(v.alias[:prefix], key...)
	if prefix > 0 {
		v.alias = append(append(v.alias[:prefix], '_'), key...)
	}
	l.context, l.alias = inPart, len(v.alias)
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
// the event calls otherwise, or -1. found says that the name as it stands is
// that of a field.
func (v *Visitor) resolveAlias(key []byte, r ref, found bool) (int32, rank) {
	n := len(v.levels)
	if n == 0 {
		if found {
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
			return v.lookAlias(l.alias, nil), rankSystem
		}
		return v.lookAlias(l.alias, key), rankSystem
	case inItem:
		v.noteItem(key, r)
	}
	return -1, 0
}

// resolveFlat finds what is meant by a name at the top of the event that is
// not a field's: one with spaces (X3), or one of the paths above written with
// dots.
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
// v.alias and goes on with the key without its spaces (X3).
func (v *Visitor) lookAlias(prefix int, key []byte) int32 {
	if prefix+1+len(key) > 2*v.names.longest+1 {
		return -1
	}
	if prefix == 0 && bytes.IndexByte(key, ' ') < 0 {
		return v.slotOf(key)
	}
	text := v.alias[:prefix]
	if prefix > 0 && len(key) > 0 {
		text = append(text, '_')
	}
	for _, c := range key {
		if c != ' ' {
			text = append(text, c)
		}
	}
	v.alias = append(v.alias[:0], text...)
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

// noteItem remembers the name and the text of a Data element.
func (v *Visitor) noteItem(key []byte, r ref) {
	n := len(v.levels)
	l := &v.levels[n-1]
	if l.alias == 1 && n > 1 {
		l = &v.levels[n-2] // the object of its attributes is innermost
	}
	switch string(key) {
	case "Name", "@Name", "-Name":
		l.name = r
	default:
		if isText(key) {
			l.value = r
		}
	}
}

// item gives the field that a Data element names the element's text. An
// element without a name is a value of the field Data.
func (v *Visitor) item(l *level) {
	if l.alias == 1 || l.value == (ref{}) {
		return
	}
	key := []byte("Data")
	if l.name != (ref{}) {
		x := value{from: l.name.from, to: l.name.to, flags: l.name.flags}
		key = v.raw(&x)
	}
	if slot := v.lookAlias(0, key); slot >= 0 {
		l.value.flags |= again
		v.put(slot, rankData, l.value)
	}
}
