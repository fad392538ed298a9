package main

import (
	"testing"

	ruleengine "github.com/markuskont/go-sigma-rule-engine"
)

// TestRuleEngine shows what README.md says of go-sigma-rule-engine; the other
// libraries are shown by TestCases.
func TestRuleEngine(t *testing.T) {
	type m = map[any]any
	for _, c := range []struct {
		what      string
		detection ruleengine.Detection
		event     mapEvent
		refused   bool
		match     bool
	}{
		{"a text", ruleengine.Detection{"s": m{"a|contains": "foo"}, "condition": "s"}, mapEvent{"a": "xfoox"}, false, true},
		{"its case counts", ruleengine.Detection{"s": m{"a|contains": "foo"}, "condition": "s"}, mapEvent{"a": "FOO"}, false, false},
		{"not of an absent field", ruleengine.Detection{"s": m{"a": "x"}, "f": m{"b": "y"}, "condition": "s and not f"}, mapEvent{"a": "x"}, false, false},
		{"white space is collapsed", ruleengine.Detection{"s": m{"a": "x  y"}, "condition": "s"}, mapEvent{"a": "x \t y"}, false, true},
		{"null", ruleengine.Detection{"s": m{"a": nil}, "condition": "s"}, nil, true, false},
		{"windash", ruleengine.Detection{"s": m{"a|windash": " -x"}, "condition": "s"}, nil, true, false},
		{"cidr", ruleengine.Detection{"s": m{"a|cidr": "10.0.0.0/8"}, "condition": "s"}, nil, true, false},
		{"base64offset", ruleengine.Detection{"s": m{"a|base64offset": "abc"}, "condition": "s"}, nil, true, false},
		{"a list of texts and numbers", ruleengine.Detection{"s": m{"a": []any{"x", 1}}, "condition": "s"}, nil, true, false},
	} {
		tree, err := newTree(ruleengine.RuleHandle{Rule: ruleengine.Rule{Detection: c.detection}})
		if (err != nil) != c.refused {
			t.Errorf("%s: %v", c.what, err)
		}
		if err != nil || c.refused {
			continue
		}
		if _, match := tree.Eval(c.event); match != c.match {
			t.Errorf("%s: the match is %t", c.what, match)
		}
	}
}
