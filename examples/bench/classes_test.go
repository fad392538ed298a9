package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A class is one way in which a library differs, and is wrong by the items of
// the conformance list that it names.
type class struct {
	peer, name, items string
	is                func(*finding) bool
}

// classOf returns the class of a finding, or nil. The first that fits is it.
func classOf(f *finding) *class {
	for i := range classes {
		if c := &classes[i]; c.peer == f.peer && c.is(f) {
			return c
		}
	}
	return nil
}

var classes = append(unknownModifiers, []class{
	{"sigmalite", "refuses a search of a single value", "S12", single},
	{"sigmalite", "reads null as the empty text", "V5, V6", isNull},
	{"sigmalite", "wildcards stop at line breaks", "W2", func(f *finding) bool {
		rule, event := f.texts()
		return f.item != nil && wildcard(rule) && (strings.Contains(event, "\n") || f.item.Field == "") && f.theirs == no
	}},
	{"sigmalite", "replaces all dashes of a value by the same one", "M12, M13", func(f *finding) bool {
		return f.has("windash") && f.theirs == no
	}},
	{"sigmalite", "base64 without padding, and its + as an operator", "M21", func(f *finding) bool {
		return f.has("base64") && f.theirs != refused
	}},
	{"sigmalite", "base64offset keeps the case of its text", "V1, M22", func(f *finding) bool {
		return f.has("base64offset") && f.ours == yes && f.theirs == no
	}},
	{"sigmalite", "refuses base64offset of less than three bytes", "M22", func(f *finding) bool {
		rule, _ := f.texts()
		return f.has("base64offset") && len(rule) < 3 && f.theirs == refused
	}},
	{"sigmalite", "ignores the case of field names", "S9", func(f *finding) bool {
		if f.item == nil || f.theirs != yes {
			return false
		}
		_, there := f.field()
		return !there && !strings.Contains(f.item.Field, ".")
	}},
	{"sigmalite", "has no lists of values", "S14", isList},
	{"sigmalite", "compares numbers as texts", "V3, V9", asText},
	{"sigmalite", "counts names that begin with _ as one of them", "N3", them},
	{"sigmalite", "refuses any of", "N6", anyOf},
	{"sigmalite", "takes any text between % for a placeholder", "P1", func(f *finding) bool {
		rule, _ := f.texts()
		return f.has("expand") && strings.HasPrefix(rule, "%") && strings.HasSuffix(rule, "%") && f.theirs == no
	}},

	{"sigma-go", "refuses a search of a single value", "S12", single},
	{"sigma-go", "refuses keywords", "K1, S6, S7", func(f *finding) bool {
		return f.item != nil && f.item.Field == "" && len(f.item.Modifiers) == 0 && f.theirs == refused
	}},
	{"sigma-go", "looks for keywords with modifiers in a field without a name", "K2, M40", func(f *finding) bool {
		return f.item != nil && f.item.Field == "" && len(f.item.Modifiers) > 0
	}},
	{"sigma-go", "refuses null", "V5, V6", func(f *finding) bool { return isNull(f) && f.theirs == refused }},
	{"sigma-go", "takes a text between % for a placeholder", "P1", func(f *finding) bool {
		rule, _ := f.texts()
		return f.item != nil && strings.HasPrefix(rule, "%") && strings.HasSuffix(rule, "%") && f.theirs == refused
	}},
	{"sigma-go", "panics where a number is compared with an empty text", "M28", func(f *finding) bool {
		_, event := f.texts()
		return f.has("lt", "lte", "gt", "gte") && event == "" && f.theirs == refused
	}},
	{"sigma-go", "finds an absent field in the text null", "V4", func(f *finding) bool {
		rule, _ := f.texts()
		return absent(f) && len(f.item.Modifiers) == 0 && rule == "null" && f.theirs == yes
	}},
	{"sigma-go", "reads an absent field or null as the text <nil>", "V7, N13", func(f *finding) bool { return absent(f) && f.theirs == yes }},
	{"sigma-go", "has no lists of values", "S14", isList},
	{"sigma-go", "has no nested names", "S9", func(f *finding) bool {
		if f.item == nil || !strings.Contains(f.item.Field, ".") {
			return false
		}
		_, flat := f.field()
		return !flat && f.theirs == no
	}},
	{"sigma-go", "reads numbers as floats", "V9", func(f *finding) bool {
		v, _ := f.field()
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		x, _ := n.Float64()
		return fmt.Sprint(x) != n.String()
	}},
	{"sigma-go", "has no wildcards", "W1, W2, W5, W9, W11", func(f *finding) bool {
		rule, _ := f.texts()
		return isText(f) && wildcard(rule)
	}},
	{"sigma-go", "leaves escapes as they are", "W3, W4, W6, W7", func(f *finding) bool {
		rule, _ := f.texts()
		return isText(f) && escaped(rule)
	}},
	{"sigma-go", "compares numbers as texts", "V3", asText},
	{"sigma-go", "ignores case by lower-case letters", "V2", func(f *finding) bool {
		rule, event := f.texts()
		return isText(f) && f.ours == yes && !strings.Contains(strings.ToLower(event), strings.ToLower(rule)) && strings.ContainsFunc(rule+event, func(r rune) bool { return r > 127 })
	}},
	{"sigma-go", "finds IPv4 networks in IPv6 addresses", "M33", func(f *finding) bool {
		_, event := f.texts()
		return f.has("cidr") && strings.HasPrefix(event, "::ffff:")
	}},
	{"sigma-go", "counts names that begin with _ as one of them", "N3", them},
	{"sigma-go", "refuses any of", "N6", anyOf},
	{"sigma-go", "refuses a digit before the star of 1 of or all of", "N4", func(f *finding) bool {
		return f.search == nil && digitStar.MatchString(conditions(f.rule)) && f.theirs == refused
	}},
	{"sigma-go", "refuses - in the name of a search", "N8", func(f *finding) bool {
		return f.search == nil && strings.Contains(conditions(f.rule), "-") && f.theirs == refused
	}},
	{"sigma-go", "panics at 1 of or all of a name without a star", "N4", func(f *finding) bool {
		return f.search == nil && ofName(f.rule) && f.theirs == refused
	}},
}...)

// unknownModifiers are a class for each modifier that a library refuses: it
// does not know it, or not where it stands.
var unknownModifiers = func() (out []class) {
	for _, m := range []struct{ names, items, peers string }{
		{"exists", "M7", "sigmalite sigma-go"},
		{"cased", "M9", "sigmalite sigma-go"},
		{"neq", "M10", "sigmalite sigma-go"},
		{"windash", "M12", "sigma-go"},
		{"i ignorecase m multiline s dotall", "M18, M19", "sigmalite sigma-go"},
		{"all", "M20", "sigmalite"},
		{"base64offset", "M22", "sigma-go"},
		{"wide utf16le utf16be utf16", "M23, M24, M25", "sigmalite sigma-go"},
		{"lt lte gt gte", "M28", "sigmalite"},
		{"minute hour day week month year", "M30", "sigmalite sigma-go"},
		{"fieldref", "M37", "sigmalite sigma-go"},
	} {
		names := strings.Fields(m.names)
		for peer := range strings.FieldsSeq(m.peers) {
			out = append(out, class{peer, "refuses " + strings.Join(names, ", "), m.items, func(f *finding) bool {
				return f.has(names...) && f.theirs == refused
			}})
		}
	}
	return out
}()

// digitStar finds a pattern of names with a digit before its star.
var digitStar = regexp.MustCompile(`of [A-Za-z_]*[0-9][A-Za-z0-9_]*\*`)

// single: the search is a value, neither a map nor a list.
func single(f *finding) bool {
	if f.search == nil {
		return false
	}
	item, ok := f.search.Node.(*sigma.Item)
	return ok && !item.List && item.Field == "" && len(item.Modifiers) == 0 && f.theirs == refused
}

func isNull(f *finding) bool { return f.value != nil && f.value.Kind == sigma.Null }

// absent: the event has no value for the field.
func absent(f *finding) bool {
	if f.item == nil {
		return false
	}
	v, _ := f.field()
	return v == nil
}

// isText: the item compares texts, as they stand in the rule.
func isText(f *finding) bool {
	return f.item != nil && f.value != nil && f.value.Kind == sigma.String && !f.has("re", "cidr", "base64", "base64offset", "fieldref") && f.theirs != refused
}

// isList: the event's value is a list.
func isList(f *finding) bool {
	v, _ := f.field()
	_, ok := v.([]any)
	return ok
}

// asText: a number equals the event's value as a number, not as a text.
func asText(f *finding) bool {
	rule, event := f.texts()
	return f.value != nil && (f.value.Kind == sigma.Int || f.value.Kind == sigma.Float) && f.ours == yes && f.theirs == no && rule != event
}

// them: a condition counts the searches, and one is not to be counted.
func them(f *finding) bool {
	if f.search != nil {
		return false
	}
	counted := strings.Contains(conditions(f.rule), "of them")
	for _, s := range f.rule.Detection.Searches {
		if counted && strings.HasPrefix(s.Name, "_") {
			return true
		}
	}
	return false
}

func anyOf(f *finding) bool {
	return f.search == nil && strings.Contains(conditions(f.rule), "any of") && f.theirs == refused
}

// ofName: a condition says 1 of or all of a name.
func ofName(r *sigma.Rule) bool {
	words := strings.Fields(strings.NewReplacer("(", " ", ")", " ").Replace(conditions(r)))
	for i, w := range words {
		if w == "of" && i+1 < len(words) && words[i+1] != "them" && !strings.Contains(words[i+1], "*") {
			return true
		}
	}
	return false
}

func conditions(r *sigma.Rule) string {
	var out []string
	for _, c := range r.Detection.Conditions {
		out = append(out, c.Text)
	}
	return strings.Join(out, " ")
}
