package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A finding is a difference as small as it gets: an item with one value, or
// where that shows none an item, or a search, or a condition.
type finding struct {
	peer   string
	rule   *sigma.Rule
	search *sigma.Search // nil where the condition makes the difference
	item   *sigma.Item   // nil where the search or the condition makes it
	value  *sigma.Value  // nil where the item has several and no single one makes it
	event  *event
	ours   answer
	theirs answer
}

func (f *finding) String() string {
	what := "the condition"
	if f.search != nil {
		what = "the search " + f.search.Name
	}
	if f.item != nil {
		what = f.item.Key()
	}
	if f.value != nil {
		what += fmt.Sprintf(": %q (%v)", f.value.Text, f.value.Kind)
	}
	return fmt.Sprintf("%s: %s says %v instead of %v: %s\nevent: %s", f.rule.Pos, f.peer, f.theirs, f.ours, what, f.event.text)
}

// shrink returns the findings that make a peer's answer about a rule differ:
// where it refuses the rule, all that it refuses.
func (s *subject) shrink(peer int, e *event) []*finding {
	var out []*finding
	for _, search := range s.rule.Detection.Searches {
		for _, item := range items(search.Node) {
			out = append(out, s.item(search, item, peer, e)...)
		}
	}
	if s.peers[peer](e) == refused {
		out = slices.DeleteFunc(out, func(f *finding) bool { return f.theirs != refused })
	}
	if len(out) > 0 {
		return out
	}
	for _, search := range s.rule.Detection.Searches {
		alone := *search
		alone.Name = "s"
		if f := s.try(fmt.Sprintf("%p", search), &alone, peer, e); f != nil {
			f.search = search
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return out
	}
	return []*finding{{peer: readers[peer].name, rule: s.rule, event: e, ours: s.oracle(e), theirs: s.peers[peer](e)}}
}

// item looks into one item, value by value.
func (s *subject) item(search *sigma.Search, item *sigma.Item, peer int, e *event) []*finding {
	whole := s.try(fmt.Sprintf("%p", item), alone(item), peer, e)
	if whole == nil {
		return nil
	}
	whole.search, whole.item = search, item
	if len(item.Values) == 1 {
		whole.value = &item.Values[0]
		return []*finding{whole}
	}
	var out []*finding
	for i := range item.Values {
		one := *item
		one.Values = item.Values[i : i+1]
		one.Modifiers = without(item.Modifiers, "all")
		if f := s.try(fmt.Sprintf("%p/%d", item, i), alone(&one), peer, e); f != nil {
			f.search, f.item, f.value = search, item, &item.Values[i]
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return []*finding{whole}
	}
	return out
}

// try asks both sides about a search that stands alone, and returns what
// differs.
func (s *subject) try(key string, search *sigma.Search, peer int, e *event) *finding {
	p, ok := s.parts[key]
	if !ok {
		p = part("s", search)
		s.parts[key] = p
	}
	if p == nil {
		return nil // sigmac refuses the part: it means nothing alone
	}
	ours, theirs := p.oracle(e), p.peers[peer](e)
	if ours == theirs {
		return nil
	}
	return &finding{peer: readers[peer].name, rule: s.rule, event: e, ours: ours, theirs: theirs}
}

// alone is a search of one item.
func alone(item *sigma.Item) *sigma.Search {
	s := &sigma.Search{Name: "s", Node: sigma.AllOf{item}}
	if item.Field == "" && len(item.Modifiers) == 0 {
		s.Node = item
	}
	return s
}

// items returns the items of a search.
func items(n sigma.Node) (out []*sigma.Item) {
	switch n := n.(type) {
	case *sigma.Item:
		return []*sigma.Item{n}
	case sigma.AllOf:
		for _, x := range n {
			out = append(out, items(x)...)
		}
	case sigma.AnyOf:
		for _, x := range n {
			out = append(out, items(x)...)
		}
	}
	return out
}

func without(list []sigma.Modifier, name string) (out []sigma.Modifier) {
	for _, m := range list {
		if m.Name != name {
			out = append(out, m)
		}
	}
	return out
}

// has reports whether there is an item with one of the modifiers.
func (f *finding) has(names ...string) bool {
	if f.item == nil {
		return false
	}
	for _, m := range f.item.Modifiers {
		for _, name := range names {
			if m.Name == name {
				return true
			}
		}
	}
	return false
}

// field returns what the event has under the item's name as it stands.
func (f *finding) field() (v any, present bool) {
	if f.item == nil {
		return nil, false
	}
	v, present = f.event.plain[f.item.Field]
	return v, present
}

// texts returns the value of the rule and that of the event, where both are
// single values.
func (f *finding) texts() (rule, event string) {
	if f.value != nil {
		rule = f.value.Text
	}
	if v, ok := f.field(); ok && v != nil {
		event = fmt.Sprint(v)
	}
	return rule, event
}

// wildcard reports whether a value has a star or question mark that is not
// escaped, escaped whether it has a backslash that escapes.
func wildcard(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i+1 < len(text) && strings.IndexByte(`\*?`, text[i+1]) >= 0 {
				i++
			}
		case '*', '?':
			return true
		}
	}
	return false
}

func escaped(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '\\' && strings.IndexByte(`\*?`, text[i+1]) >= 0 {
			return true
		}
	}
	return false
}
