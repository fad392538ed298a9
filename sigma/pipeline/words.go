package pipeline

import (
	"strconv"
	"strings"
)

// conditionWords says what each condition asks, for people: those of rules, of
// items and of field names.
var conditionWords = [...]map[string]func(*Condition) string{
	{
		"logsource":               func(c *Condition) string { return "the log source has " + c.attributes() },
		"logsource_lacks":         func(c *Condition) string { return "the log source has no " + c.alternatives("attributes") },
		"contains_detection_item": func(c *Condition) string { return "an item tests " + c.Text("field") + " for " + c.text("value") },
		"contains_field":          func(c *Condition) string { return "an item tests " + c.Text("field") },
		"requires_detection_item": func(c *Condition) string {
			if v, ok := c.Param("values"); ok {
				return "no event matches without one of " + strings.Join(v.Texts(), ", ") + " in " + c.Text("field")
			}
			return "no event matches without " + c.text("value") + " in " + c.Text("field")
		},
		"uses_only_fields": func(c *Condition) string { return "the rule uses no fields but " + c.alternatives("fields") },
		"processing_item_applied": func(c *Condition) string {
			return "the step " + c.Text("processing_item_id") + " was applied to the rule"
		},
		"processing_state":          stateWords,
		"is_sigma_rule":             func(*Condition) string { return "it is a detection rule" },
		"is_sigma_correlation_rule": func(*Condition) string { return "it is a correlation" },
		"rule_attribute":            func(c *Condition) string { return "the rule's " + c.Text("attribute") + c.operator() + c.text("value") },
		"target":                    func(c *Condition) string { return "the target is " + c.alternatives("targets") },
		"tag":                       func(c *Condition) string { return "the rule has the tag " + c.Text("tag") },
	},
	{
		"match_string": func(c *Condition) string {
			verb := " of the values match "
			if c.Text("negate") == "true" {
				verb = " of the values do not match "
			}
			return c.Text("cond") + verb + c.Text("pattern")
		},
		"match_value":       func(c *Condition) string { return c.Text("cond") + " of the values are " + c.text("value") },
		"contains_wildcard": func(c *Condition) string { return c.Text("cond") + " of the values have wildcards" },
		"is_null":           func(c *Condition) string { return c.Text("cond") + " of the values are null" },
		"processing_item_applied": func(c *Condition) string {
			return "the step " + c.Text("processing_item_id") + " was applied to the item"
		},
		"processing_state": stateWords,
	},
	{
		"include_fields": func(c *Condition) string { return "the field " + c.fields() },
		"exclude_fields": func(c *Condition) string { return "not: the field " + c.fields() },
		"processing_item_applied": func(c *Condition) string {
			return "the step " + c.Text("processing_item_id") + " was applied to the field"
		},
		"processing_state": stateWords,
	},
}

// Words says what the conditions of a step ask, one line for each kind: the
// rule's, the item's and the field's. There are none where the step is for
// every rule and every item.
func (s *Step) Words() []string {
	var out []string
	for i, c := range [...]*Condition{s.Rule, s.Item, s.Field} {
		if c != nil {
			out = append(out, c.words(conditionWords[i], false))
		}
	}
	return out
}

// words writes the condition; inner is a part of another.
func (c *Condition) words(table map[string]func(*Condition) string, inner bool) string {
	switch c.Op {
	case "":
		if say := table[c.Type]; say != nil {
			return say(c)
		}
		return c.plain()
	case "not":
		return "not (" + c.Parts[0].words(table, false) + ")"
	}
	parts := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		parts[i] = p.words(table, true)
	}
	text := strings.Join(parts, " "+c.Op+" ")
	if inner {
		text = "(" + text + ")"
	}
	return text
}

// plain writes a condition that has no words as the file has it.
func (c *Condition) plain() string {
	text := c.Type
	for _, p := range c.Params {
		text += " " + p.Name + ": " + p.Value.String()
	}
	return text
}

// text returns a parameter as YAML writes it, so that '1' is not 1.
func (c *Condition) text(name string) string {
	v, _ := c.Param(name)
	return v.String()
}

// alternatives joins the texts of a parameter.
func (c *Condition) alternatives(name string) string {
	v, _ := c.Param(name)
	return strings.Join(v.Texts(), " or ")
}

// attributes lists the attributes of a log source that the condition asks for.
func (c *Condition) attributes() string {
	var parts []string
	for _, name := range [...]string{"product", "category", "service"} {
		if v := c.Text(name); v != "" {
			parts = append(parts, name+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

func (c *Condition) fields() string {
	if c.Text("mode") == "re" {
		return "begins with a match of " + c.alternatives("fields")
	}
	return "is " + c.alternatives("fields")
}

func stateWords(c *Condition) string {
	return "the state " + c.Text("key") + c.operator() + c.text("val")
}

// operator returns the comparison of a condition as a verb.
func (c *Condition) operator() string {
	switch c.Text("op") {
	case "ne":
		return " is not "
	case "gte":
		return " is at least "
	case "gt":
		return " is more than "
	case "lte":
		return " is at most "
	case "lt":
		return " is less than "
	case "in":
		return " is or has "
	case "not_in":
		return " neither is nor has "
	}
	return " is "
}

// String returns the value on one line: lists in [], mappings in {}, as YAML
// writes them, and texts in quotes where they are not plain.
func (v Value) String() string {
	var parts []string
	switch v.Kind {
	case List:
		for _, u := range v.List {
			parts = append(parts, u.String())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Map:
		for _, p := range v.Map {
			name := "null" // what an absent key is called
			if p.Name != "" {
				name = quoted(p.Name)
			}
			parts = append(parts, name+": "+p.Value.String())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	switch {
	case v.Tag == "!!null":
		return "null"
	case v.Tag == "!!str":
		return quoted(v.Text)
	}
	return v.Text
}

// quoted returns a text, in quotes where YAML would read something else.
func quoted(s string) string {
	switch {
	case strings.ContainsAny(s, "\n\t\r"):
		return strconv.Quote(s)
	case s == "", strings.ContainsAny(s, "\"'#,[]{}&*!|>%@`"), strings.Contains(s, ": "), strings.TrimSpace(s) != s, looksTyped(s):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

// looksTyped reports whether YAML would read a plain text as a number, a
// boolean or null.
func looksTyped(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "null", "~", "yes", "no", "on", "off":
		return true
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
