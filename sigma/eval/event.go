package eval

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// An Event is anything that can show its fields. A struct of a program's own
// needs a line a field:
//
//	func (e *Login) Visit(v *eval.Visitor) {
//		v.String("User", e.User)
//		v.Int("LogonType", e.Type)
//	}
//
// Visit may be called several times for one event and must show the same
// each time.
type Event interface{ Visit(v *Visitor) }

// Pairs is an event as pairs of names and values, all of them strings. A name
// that stands in several pairs has several values.
type Pairs []Pair

// A Pair is one field of an event.
type Pair struct{ Name, Value string }

// Visit shows the pairs.
func (p Pairs) Visit(v *Visitor) {
	for i := range p {
		v.String(p[i].Name, p[i].Value)
	}
}

// Map is an event as encoding/json and most libraries decode it: strings,
// numbers of any type, booleans, nil, lists and nested maps. A struct is an
// object of its exported fields, a pointer is what it points to; what has a
// method String or Error, and values of other types, are read as the text that
// fmt prints. A map, list or pointer that contains itself is left out where it
// does, and so is what lies deeper than MaxDepth, or behind more elements than
// any event has.
type Map map[string]any

// Visit shows the map.
func (m Map) Visit(v *Visitor) {
	for name, x := range m {
		visitValue(v, name, x)
	}
}

func visitValue(v *Visitor, name string, x any) {
	switch x := x.(type) {
	case string:
		v.String(name, x)
	case nil:
		v.Null(name)
	case bool:
		v.Bool(name, x)
	case json.Number:
		v.literal(name, []byte(x))
	case int:
		v.Int(name, int64(x))
	case int64:
		v.Int(name, x)
	case float64:
		visitFloat(v, name, x, 64)
	case time.Time:
		v.String(name, x.Format(time.RFC3339Nano))
	case []byte:
		v.String(name, string(x))
	case map[string]any:
		visitMap(v, name, x)
	case Map:
		visitMap(v, name, x)
	default:
		visitOther(v, name, x)
	}
}

// visitMap shows a nested map.
func visitMap(v *Visitor, name string, m Map) {
	if m == nil {
		v.Null(name)
		return
	}
	if !v.into(reflect.ValueOf(m), len(m)) {
		return
	}
	v.Begin(name)
	m.Visit(v)
	v.End()
	v.outOf()
}

// maxElements bounds how many elements of maps, lists and structs of one event
// are shown. Go values that share parts could stand for more than fits into
// the memory without being large or containing themselves.
const maxElements = 1 << 22

// A container is a map, list or pointer. A pointer to a struct, and one to the
// first of its fields, differ in their types only.
type container struct {
	at   uintptr
	kind reflect.Type
}

// into notes a container that is being shown, with its elements, or returns
// false where it is shown already, further out, or is too deep or too much.
func (v *Visitor) into(r reflect.Value, elements int) bool {
	n := len(v.inside)
	if !v.room(elements+1) || n >= MaxDepth {
		return false
	}
	c := container{r.Pointer(), r.Type()}
	const few = 32 // are looked through as quickly
	if n < few && slices.Contains(v.inside, c) || n >= few && v.deep[c] {
		return false
	}
	v.inside = append(v.inside, c)
	switch {
	case n == few:
		v.deep = make(map[container]bool, 2*few)
		for _, x := range v.inside {
			v.deep[x] = true
		}
	case n > few:
		v.deep[c] = true
	}
	return true
}

// room counts elements that are about to be shown.
func (v *Visitor) room(elements int) bool {
	v.elements += elements
	return v.elements <= maxElements
}

func (v *Visitor) outOf() {
	n := len(v.inside) - 1
	if v.deep != nil {
		delete(v.deep, v.inside[n])
	}
	v.inside = v.inside[:n]
}

// visitFloat shows the shortest decimal number that reads as x again, as JSON
// would write it.
func visitFloat(v *Visitor, name string, x float64, bits int) {
	format := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	v.literal(name, strconv.AppendFloat(v.num[:0], x, format, -1, bits))
}

// visitOther shows values of less common types.
func visitOther(v *Visitor, name string, x any) {
	r := reflect.ValueOf(x)
	if r.Kind() == reflect.Pointer {
		visitPointer(v, name, r)
		return
	}
	if speaks(x) {
		v.String(name, fmt.Sprint(x))
		return
	}
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.Int(name, r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.literal(name, strconv.AppendUint(v.num[:0], r.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		visitFloat(v, name, r.Float(), r.Type().Bits())
	case reflect.Bool:
		v.Bool(name, r.Bool())
	case reflect.Slice, reflect.Array:
		visitList(v, name, r)
	case reflect.Map:
		visitAnyMap(v, name, r)
	case reflect.Struct:
		visitStruct(v, name, r)
	default:
		v.String(name, fmt.Sprint(x))
	}
}

// speaks reports whether a value says its own text.
func speaks(x any) bool {
	switch x.(type) {
	case fmt.Stringer, error:
		return true
	}
	return false
}

// visitPointer shows what a pointer points to.
func visitPointer(v *Visitor, name string, r reflect.Value) {
	if r.IsNil() {
		v.Null(name)
		return
	}
	if _, isTime := r.Interface().(*time.Time); !isTime && speaks(r.Interface()) {
		v.String(name, fmt.Sprint(r.Interface()))
		return
	}
	if v.into(r, 1) {
		visitValue(v, name, r.Elem().Interface())
		v.outOf()
	}
}

// visitList shows the elements of a list under one name. An empty list is a
// field without a value, like null.
func visitList(v *Visitor, name string, r reflect.Value) {
	if r.Len() == 0 {
		v.Null(name)
		return
	}
	if r.Kind() == reflect.Slice {
		if r.Type().Elem().Kind() == reflect.Uint8 { // text, as []byte is
			v.String(name, string(r.Bytes()))
			return
		}
		if !v.into(r, r.Len()) {
			return
		}
		defer v.outOf()
	} else if !v.room(r.Len()) {
		return
	}
	for i := range r.Len() {
		visitValue(v, name, r.Index(i).Interface())
	}
}

// visitAnyMap shows a nested map of any type.
func visitAnyMap(v *Visitor, name string, r reflect.Value) {
	if r.IsNil() {
		v.Null(name)
		return
	}
	if !v.into(r, r.Len()) {
		return
	}
	v.Begin(name)
	for entry := r.MapRange(); entry.Next(); {
		visitValue(v, fmt.Sprint(entry.Key().Interface()), entry.Value().Interface())
	}
	v.End()
	v.outOf()
}

// visitStruct shows the exported fields of a struct as members of an object.
func visitStruct(v *Visitor, name string, r reflect.Value) {
	if !v.room(r.NumField()) {
		return
	}
	v.Begin(name)
	for i := range r.NumField() {
		if f := r.Type().Field(i); f.IsExported() {
			visitValue(v, f.Name, r.Field(i).Interface())
		}
	}
	v.End()
}
