package oracle

import "strings"

// An alias is a value of a Windows event under the name that rules use for it
// (X3). Of those with one name, only those of the lowest rank count.
type alias struct {
	name  string
	rank  int
	value any
}

// The ranks: what System says goes before what the event's own data says, and
// that before names at the top of the event whose spaces are left out.
const (
	fromSystem = iota
	fromData
	fromSpaces
)

// windows returns the fields of a Windows event by the names of rules. Event
// exporters write the event's XML as JSON in several ways: as it is nested, or
// with the path as a name; with attributes in an object of their own, or
// beside; the data as fields, or as a list of elements with names.
func windows(event Event) (list []alias) {
	for key, v := range event {
		for _, o := range objectsIn(v) {
			switch key {
			case "Event":
				for key, v := range o {
					for _, o := range objectsIn(v) {
						list = append(list, section(key, o)...)
					}
				}
			case "winlog":
				list = append(list, winlog(o)...)
			default:
				list = append(list, section(key, o)...)
			}
		}
		list = append(list, topLevel(key, v)...)
	}
	return list
}

// topLevel returns what a name at the top of the event means beside itself.
func topLevel(key string, v any) []alias {
	for _, p := range []struct {
		prefix string
		rank   int
	}{
		{"winlog.event_data.", fromData}, {"winlog.user_data.", fromData},
		{"Event.EventData.", fromData}, {"EventData.", fromData}, {"Event.System.", fromSystem}, {"System.", fromSystem},
	} {
		if rest, ok := strings.CutPrefix(key, p.prefix); ok {
			return []alias{{unspaced(rest), p.rank, v}}
		}
	}
	if rest, ok := strings.CutPrefix(key, "winlog."); ok {
		if name, ok := winlogNames[rest]; ok {
			return []alias{{name, fromSystem, v}}
		}
		return nil
	}
	if strings.Contains(key, " ") {
		return []alias{{unspaced(key), fromSpaces, v}}
	}
	return nil
}

func unspaced(name string) string { return strings.ReplaceAll(name, " ", "") }

// section returns the fields of one element below Event.
func section(name string, o map[string]any) (list []alias) {
	switch name {
	case "System":
		return members("", fromSystem, o)
	case "EventData":
		return data(o)
	case "UserData":
		for key, v := range o { // one element, whose members are the fields
			for _, o := range objectsIn(v) {
				if !attributes[key] {
					list = append(list, data(o)...)
				}
			}
		}
	}
	return list
}

// data returns the fields of an object whose members are fields, but for
// elements with the name Data, which may say their own name.
func data(o map[string]any) (list []alias) {
	rest := map[string]any{}
	for key, v := range o {
		if key != "Data" && !attributes[key] {
			rest[key] = v
			continue
		}
		if plain, ok := scalars(v); ok {
			list = append(list, alias{key, fromData, plain})
		}
		for _, o := range objectsIn(v) {
			if key == "Data" {
				list = append(list, item(o)...)
			}
		}
	}
	return append(list, members("", fromData, rest)...)
}

// attributes and texts are the names that exporters give to the object with
// the attributes of an element, and to the text of an element that has any.
var (
	attributes = map[string]bool{"#attributes": true, "@attributes": true, "attributes": true}
	texts      = map[string]bool{"#text": true, "text": true, "Value": true, "#value": true}
)

// members returns what stands in an element: its attributes and its children
// under its name and theirs, its text under its name alone. System and
// EventData have no name here.
func members(prefix string, rank int, o map[string]any) (list []alias) {
	for key, v := range o {
		name := joined(prefix, unspaced(key))
		if prefix != "" && texts[key] {
			name = prefix
		}
		if plain, ok := scalars(v); ok {
			list = append(list, alias{name, rank, plain})
		}
		for _, inner := range objectsIn(v) {
			if prefix != "" && attributes[key] {
				list = append(list, members(prefix, rank, inner)...)
				continue
			}
			list = append(list, alias{name, rank, inner})
			if object := joined(prefix, unspaced(strings.TrimSuffix(key, "_attributes"))); object != "" {
				list = append(list, members(object, rank, inner)...)
			}
		}
	}
	return list
}

func joined(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "_" + name
}

// item returns the field that an element Data stands for: that of its name,
// or Data where it has not exactly one.
func item(o map[string]any) []alias {
	names := nameOf(o)
	var values []any
	found := false
	for key, v := range o {
		switch {
		case attributes[key]:
			for _, inner := range objectsIn(v) {
				names = append(names, nameOf(inner)...)
			}
		case texts[key]:
			plain, ok := scalars(v)
			values, found = append(values, plain...), found || ok
		}
	}
	switch {
	case len(names) == 1:
		return []alias{{unspaced(text(names[0])), fromData, values}}
	case found:
		return []alias{{"Data", fromData, values}}
	}
	return nil
}

// nameOf returns the attribute Name in any of its spellings.
func nameOf(o map[string]any) (names []any) {
	for _, key := range []string{"Name", "@Name", "-Name"} {
		for _, v := range flatten(o[key]) {
			if !isObject(v) {
				names = append(names, v)
			}
		}
	}
	return names
}

// scalars returns a value, or the values in a list, without objects. found
// reports whether there is anything but objects: null and an empty list are.
func scalars(v any) (plain []any, found bool) {
	list, isList := v.([]any)
	if !isList {
		if isObject(v) {
			return nil, false
		}
		return flatten(v), true
	}
	found = len(list) == 0
	for _, x := range list {
		p, ok := scalars(x)
		plain, found = append(plain, p...), found || ok
	}
	return plain, found
}

// winlogNames are the names that Winlogbeat gives to the elements of System
// (Winlogbeat reference, "Winlogbeat fields").
var winlogNames = map[string]string{
	"channel": "Channel", "event_id": "EventID", "provider_name": "Provider_Name", "provider_guid": "Provider_Guid",
	"computer_name": "Computer", "record_id": "EventRecordID", "version": "Version", "opcode": "Opcode", "task": "Task",
	"activity_id": "Correlation_ActivityID", "related_activity_id": "Correlation_RelatedActivityID",
}

// winlog returns the fields of Winlogbeat's object.
func winlog(o map[string]any) (list []alias) {
	for key, v := range o {
		if key == "event_data" || key == "user_data" {
			for _, o := range objectsIn(v) {
				list = append(list, data(o)...)
			}
		}
		if name, ok := winlogNames[key]; ok {
			list = append(list, alias{name, fromSystem, v})
		}
	}
	return list
}
