package oracle

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// An Event is an event as encoding/json decodes it with UseNumber: strings,
// json.Number, booleans, nil, lists and nested objects.
type Event map[string]any

// Parse reads an event from a JSON object. Numbers keep their digits, and a
// name that stands twice has the list of both values.
func Parse(text []byte) (Event, error) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	v, err := decode(d)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if _, err := d.Token(); !ok || !errors.Is(err, io.EOF) {
		return nil, errors.New("oracle: the text is not one JSON object")
	}
	return object, nil
}

// decode reads one value.
func decode(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decode(d)
			if err != nil {
				return nil, err
			}
			if old, ok := object[name.(string)]; ok {
				v = []any{old, v}
			}
			object[name.(string)] = v
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decode(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

// lookup returns the values of a field that are not null, and whether it is
// there at all: under its name, under the path that its name is, or under the
// name that Windows events give it.
func lookup(event Event, name string) (values []any, present bool) {
	if values, present := path([]map[string]any{event}, name); present {
		return values, true
	}
	best := -1
	for _, a := range windows(event) {
		switch {
		case a.name != name || best >= 0 && a.rank > best:
			continue
		case a.rank < best:
			values = nil
		}
		best = a.rank
		values = append(values, flatten(a.value)...)
	}
	return values, best >= 0
}

// path looks for a field in objects that stand side by side: under the whole
// name, then under each beginning of it that ends before a dot, the shortest
// first. Where one of them is found in any of the objects, the others do not
// count.
func path(objects []map[string]any, name string) (values []any, present bool) {
	for _, o := range objects {
		if v, ok := o[name]; ok {
			values, present = append(values, flatten(v)...), true
		}
	}
	for i := 0; i < len(name) && !present; i++ {
		if name[i] != '.' {
			continue
		}
		var inner []map[string]any
		for _, o := range objects {
			inner = append(inner, objectsIn(o[name[:i]])...)
		}
		if len(inner) > 0 {
			values, present = path(inner, name[i+1:])
		}
	}
	return values, present
}

// flatten returns a value, or the elements of a list, without nulls.
func flatten(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []any
		for _, x := range v {
			out = append(out, flatten(x)...)
		}
		return out
	}
	return []any{v}
}

// objectsIn returns a value that is an object, or the objects of a list.
func objectsIn(v any) (objects []map[string]any) {
	for _, x := range flatten(v) {
		if o, ok := x.(map[string]any); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// leaves returns the values of an event at any depth (K5).
func leaves(v any) []any {
	var out []any
	switch v := v.(type) {
	case Event:
		return leaves(map[string]any(v))
	case map[string]any:
		for _, x := range v {
			out = append(out, leaves(x)...)
		}
		return out
	case []any:
		for _, x := range v {
			out = append(out, leaves(x)...)
		}
		return out
	case nil:
		return nil
	}
	return []any{v}
}
