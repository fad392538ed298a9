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
// numbers of any type, booleans, nil, lists and nested maps. Values of other
// types are read as the text that fmt prints. A map or list that contains
// itself is left out where it does.
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
		v.String(name, string(x))
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
	if !v.into(reflect.ValueOf(m).Pointer()) {
		return
	}
	v.Begin(name)
	m.Visit(v)
	v.End()
	v.outOf()
}

// into notes a map or list that is being shown, or returns false where it is
// shown already, further out.
func (v *Visitor) into(container uintptr) bool {
	if slices.Contains(v.inside, container) {
		return false
	}
	v.inside = append(v.inside, container)
	return true
}

func (v *Visitor) outOf() { v.inside = v.inside[:len(v.inside)-1] }

// visitFloat shows the shortest decimal number that reads as x again, as JSON
// would write it.
func visitFloat(v *Visitor, name string, x float64, bits int) {
	format := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	v.leaf(v.key(name), v.store(strconv.AppendFloat(v.num[:0], x, format, -1, bits)))
}

// visitOther shows values of less common types.
func visitOther(v *Visitor, name string, x any) {
	r := reflect.ValueOf(x)
	if _, ok := x.(fmt.Stringer); ok && (r.Kind() != reflect.Pointer || !r.IsNil()) {
		v.String(name, fmt.Sprint(x))
		return
	}
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.Int(name, r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.String(name, strconv.FormatUint(r.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		visitFloat(v, name, r.Float(), r.Type().Bits())
	case reflect.Pointer:
		if r.IsNil() {
			v.Null(name)
		} else {
			v.String(name, fmt.Sprint(r.Elem().Interface()))
		}
	case reflect.Slice, reflect.Array:
		visitList(v, name, r)
	case reflect.Map:
		visitAnyMap(v, name, r)
	default:
		v.String(name, fmt.Sprint(x))
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
		if !v.into(r.Pointer()) {
			return
		}
		defer v.outOf()
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
	if !v.into(r.Pointer()) {
		return
	}
	v.Begin(name)
	for _, k := range r.MapKeys() {
		visitValue(v, fmt.Sprint(k.Interface()), r.MapIndex(k).Interface())
	}
	v.End()
	v.outOf()
}
