package sigma

import (
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// dump returns a value as text, without positions and without what YAML has
// several spellings for. Equal dumps are equal documents.
func dump(v any) string {
	var b strings.Builder
	dumpTo(&b, reflect.ValueOf(v))
	return b.String()
}

func dumpTo(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if n, ok := v.Interface().(*yaml.Node); ok && n != nil {
			dumpNode(b, n)
		} else if !v.IsNil() {
			dumpTo(b, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Pos]() {
			return
		}
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Type != reflect.TypeFor[Pos]() && !v.Field(i).IsZero() {
				b.WriteString(f.Name + ":")
				dumpTo(b, v.Field(i))
				b.WriteString(" ")
			}
		}
		b.WriteString("}")
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		b.WriteString(v.Type().Name() + "[")
		for i := range v.Len() {
			dumpTo(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprint(b, v.Interface()) // of maps in the order of their keys
	}
}

// dumpNode dumps a custom attribute: kinds, tags and values.
func dumpNode(b *strings.Builder, n *yaml.Node) {
	switch {
	case n.Tag == tagNull:
		b.WriteString("null")
		return
	case n.Tag == tagString || n.Tag == tagTime || n.Tag == tagMerge:
		fmt.Fprintf(b, "%q", n.Value)
		return
	}
	fmt.Fprintf(b, "%d %s %q(", n.Kind, n.Tag, n.Value)
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			fmt.Fprintf(b, "%q: ", c.Value) // a key is its text
			continue
		}
		dumpNode(b, c)
		b.WriteString(" ")
	}
	b.WriteString(")")
}
