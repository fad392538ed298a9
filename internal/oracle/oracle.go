// Package oracle says whether an event matches an expression, in the plainest
// way there is: it walks the tree, one test after the other, and remembers
// nothing. It is slow and obvious, which is what tests compare the fast ways
// with.
//
// What a field of an event is, it says as package eval does, by code of its
// own: a name as it stands goes before a path of nested names joined by dots,
// and both before the names that rules use for parts of Windows events (X3).
// An array has several values, an object in an array counts as if it stood
// there alone (S14), a name that stands twice has both values, and null is no
// value. An object as a value has no text: its field exists (M7) and is not
// null (V6).
package oracle

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Match reports whether the event matches the expression. Logic is two-valued
// (N13).
func Match(e ir.Expr, event Event) bool {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			if !Match(x, event) {
				return false
			}
		}
		return true
	case ir.Or:
		for _, x := range e {
			if Match(x, event) {
				return true
			}
		}
		return false
	case *ir.Not:
		return !Match(e.X, event)
	case *ir.Named:
		return Match(e.X, event)
	case *ir.Match:
		return field(e.Test, event, e.Field)
	case *ir.Keyword:
		return keyword(e.Test, leaves(event))
	case ir.Const:
		return bool(e)
	}
	panic(fmt.Sprintf("oracle: an expression of type %T cannot be evaluated", e))
}

// field tests a field.
func field(t ir.Test, event Event, name string) bool {
	switch t := t.(type) {
	case ir.AnyOf:
		for _, u := range t {
			if field(u, event, name) {
				return true
			}
		}
		return false
	case ir.AllOf:
		for _, u := range t {
			if !field(u, event, name) {
				return false
			}
		}
		return true
	}
	values, present := lookup(event, name)
	switch t := t.(type) {
	case *ir.Null:
		return len(values) == 0 // V6
	case *ir.Exists:
		return present == t.Want // M7
	case *ir.FieldRef:
		others, _ := lookup(event, t.Field)
		for _, v := range values {
			for _, w := range others {
				if !isObject(v) && !isObject(w) && reference(t, text(v), text(w)) {
					return true
				}
			}
		}
		return false
	}
	for _, v := range values { // S14: any element
		if single(t, v) {
			return true
		}
	}
	return false
}

// keyword tests the whole event: each single test by any of its values (K2).
func keyword(t ir.Test, values []any) bool {
	switch t := t.(type) {
	case ir.AnyOf:
		for _, u := range t {
			if keyword(u, values) {
				return true
			}
		}
		return false
	case ir.AllOf:
		for _, u := range t {
			if !keyword(u, values) {
				return false
			}
		}
		return true
	}
	for _, v := range values {
		if single(t, v) {
			return true
		}
	}
	return false
}

// single tests one value. An object has no text of its own.
func single(t ir.Test, v any) bool {
	if isObject(v) {
		return false
	}
	switch t := t.(type) {
	case *ir.Text:
		return pattern(t).MatchString(text(v))
	case *ir.Regexp:
		return expression(t).MatchString(text(v))
	case *ir.CIDR:
		addr, err := netip.ParseAddr(text(v))
		return err == nil && t.Prefix.Contains(addr)
	case *ir.Compare:
		n, ok := ir.ParseNumber(text(v)) // M29
		return ok && compare(t.Op, n.Cmp(t.Number))
	case *ir.Bool:
		return strings.EqualFold(text(v), fmt.Sprint(t.Value)) // V8
	case *ir.TimePart:
		return timePart(t, text(v))
	}
	panic(fmt.Sprintf("oracle: a test of type %T cannot be evaluated", t))
}

// expression returns an expression as Go compiles it: as the rule has it, or,
// where a backend made it, its tree. Those that only a backtracking engine
// reads cannot be evaluated.
func expression(t *ir.Regexp) *regexp.Regexp {
	if t.Why != "" {
		panic("oracle: an expression with " + t.Why + " cannot be evaluated: " + t.Source)
	}
	if t.Source == "" && t.Tree != nil {
		return regexp.MustCompile(t.Tree.String())
	}
	return regexp.MustCompile(flags(t) + t.Source)
}

func flags(t *ir.Regexp) string {
	if f := t.Flags(); f != "" {
		return "(?" + f + ")"
	}
	return ""
}

// pattern returns a pattern as a regular expression of the whole value.
func pattern(t *ir.Text) *regexp.Regexp {
	source := `(?s)\A`
	if !t.Cased {
		source = `(?si)\A`
	}
	for _, e := range t.Pattern {
		switch e.Kind {
		case ir.Star:
			source += ".*"
		case ir.Question:
			source += "."
		case ir.Dash:
			source += "[" + regexp.QuoteMeta(ir.Dashes) + "]"
		case ir.Placeholder:
			source += `[^\s\S]` // nothing filled it: nothing matches
		default:
			source += regexp.QuoteMeta(e.Text)
		}
	}
	return regexp.MustCompile(source + `\z`)
}

func compare(op ir.Op, cmp int) bool {
	switch op {
	case ir.Lt:
		return cmp < 0
	case ir.Lte:
		return cmp <= 0
	case ir.Gt:
		return cmp > 0
	case ir.Gte:
		return cmp >= 0
	}
	return cmp == 0
}

// reference compares a value with that of another field (M37 to M39).
func reference(t *ir.FieldRef, v, w string) bool {
	if !t.Cased {
		v, w = fold(v), fold(w)
	}
	switch t.Shape {
	case ir.Prefix:
		return strings.HasPrefix(v, w)
	case ir.Suffix:
		return strings.HasSuffix(v, w)
	case ir.Substring:
		return strings.Contains(v, w)
	}
	return v == w
}

// fold maps each character to the first of those that differ from it in case
// only (V2).
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// timePart takes a part of a date as it stands, without a change of zone.
func timePart(t *ir.TimePart, v string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		when, err := time.Parse(layout, v)
		if err != nil {
			continue
		}
		_, week := when.ISOWeek()
		part := [...]int{ir.Minute: when.Minute(), ir.Hour: when.Hour(), ir.Day: when.Day(), ir.Week: week,
			ir.Month: int(when.Month()), ir.Year: when.Year()}[t.Part]
		n, _ := ir.ParseNumber(fmt.Sprint(part))
		return compare(t.Op, n.Cmp(t.Number))
	}
	return false
}

// text returns the text of a value.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}
