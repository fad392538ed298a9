package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// An effect is what a step does to the names of fields. Names may be prefixes,
// as flow tracks them.
type effect struct {
	removes func(name string, prefix bool) (sigma.Pos, bool) // whether rules have the name no more, and what says so
	makes   func(name string) bool                           // whether they may have it from then on
	renames map[string][]string                              // names that come from others, and from which
}

// removed asks for a tracked name.
func (x effect) removed(name string) (sigma.Pos, bool) {
	if x.removes == nil {
		return sigma.Pos{}, false
	}
	n, prefix := strings.CutPrefix(name, prefixMark)
	return x.removes(n, prefix)
}

// effectOf returns what a step does to names. A step that is not known may
// make any.
func effectOf(s *pipeline.Step) effect {
	switch s.Type {
	case "field_name_mapping", "fact_mapping":
		return mappingEffect(s)
	case "field_name_prefix_mapping":
		return prefixEffect(s)
	case "field_name_prefix":
		return effect{
			removes: func(string, bool) (sigma.Pos, bool) { return s.Pos, true },
			makes:   begins(s.Text("prefix")),
		}
	case "field_name_suffix":
		return effect{
			removes: func(string, bool) (sigma.Pos, bool) { return s.Pos, true },
			makes:   func(name string) bool { return isPrefixMark(name) || strings.HasSuffix(name, s.Text("suffix")) },
		}
	case "add_condition":
		v, _ := s.Param("conditions")
		var names []string
		for _, p := range v.Map {
			field, _, _ := strings.Cut(p.Name, "|")
			names = append(names, field)
		}
		return effect{makes: among(names)}
	case "fact_condition":
		return effect{makes: among([]string{s.Text("field")})}
	case "map_item", "split_field", "add_field", "set_field":
		return effect{makes: among(made(s))}
	case "conditional_field_mapping":
		x := mappingEffect(s)
		x.removes = nil // the name may stay
		return x
	case "index_condition":
		return effect{makes: among([]string{s.Text("field")})}
	case "hashes_fields":
		return effect{makes: begins(s.Text("field_prefix"))}
	}
	if keepsNames[s.Type] {
		return effect{}
	}
	return effect{makes: func(string) bool { return true }}
}

// keepsNames are the transformations that give no field a name.
var keepsNames = map[string]bool{
	"drop_detection_item": true, "wildcard_placeholders": true, "value_placeholders": true, "query_expression_placeholders": true,
	"file_placeholders": true, "http_placeholders": true, "command_placeholders": true, "remove_field": true,
	"replace_string": true, "map_string": true, "set_state": true, "regex": true, "set_value": true, "convert_type": true, "case": true,
	"rule_failure": true, "detection_item_failure": true, "strict_field_mapping_failure": true, "set_custom_attribute": true,
	"rule_warning": true, "detection_item_warning": true, "absent_field": true, "set_table": true, "computed_field": true,
	"computed_fields": true, "check_fields": true, "change_logsource": true,
	"add_alternative": true, "add_index": true, "index_table": true, "add_query": true, // require_alternative adds what add_alternative noted
}

func mappingEffect(s *pipeline.Step) effect {
	keys, from := make(map[string]sigma.Pos, len(s.Entries)), make(map[string][]string)
	for _, n := range s.Entries {
		keys[n.Key] = n.Pos
		for _, to := range n.To {
			from[to] = append(from[to], n.Key)
		}
	}
	return effect{
		removes: func(name string, prefix bool) (sigma.Pos, bool) {
			pos, ok := keys[name]
			return pos, ok && !prefix
		},
		makes:   func(name string) bool { return isPrefixMark(name) && among(slices.Collect(maps.Keys(from)))(name) },
		renames: from,
	}
}

func prefixEffect(s *pipeline.Step) effect {
	return effect{
		removes: func(name string, _ bool) (sigma.Pos, bool) {
			for _, n := range s.Entries {
				if strings.HasPrefix(name, n.Key) {
					return n.Pos, true
				}
			}
			return sigma.Pos{}, false
		},
		makes: func(name string) bool {
			for _, n := range s.Entries {
				for _, to := range n.To {
					if begins(to)(name) {
						return true
					}
				}
			}
			return false
		},
	}
}

// made returns the names of fields in a step's parameters.
func made(s *pipeline.Step) (names []string) {
	for _, name := range []string{"into", "field", "fields"} {
		v, _ := s.Param(name)
		names = append(names, v.Texts()...)
	}
	cases, _ := s.Param("cases")
	for _, c := range cases.List {
		for _, p := range c.Map {
			for _, test := range p.Value.List {
				for _, q := range test.Map {
					if q.Name == "field" {
						field, _, _ := strings.Cut(q.Value.Text, "|")
						names = append(names, field)
					}
				}
			}
		}
	}
	return names
}

func isPrefixMark(name string) bool { return strings.HasPrefix(name, prefixMark) }

// among says of tracked names whether one of those given is, or begins so.
func among(names []string) func(string) bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return func(name string) bool {
		prefix, ok := strings.CutPrefix(name, prefixMark)
		if !ok {
			return set[name]
		}
		for _, n := range names {
			if strings.HasPrefix(n, prefix) {
				return true
			}
		}
		return false
	}
}

// begins says of tracked names whether names that begin so are among them.
func begins(with string) func(string) bool {
	return func(name string) bool {
		prefix, ok := strings.CutPrefix(name, prefixMark)
		if !ok {
			return strings.HasPrefix(name, with)
		}
		return strings.HasPrefix(prefix, with) || strings.HasPrefix(with, prefix)
	}
}
