package pipeline_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// sections are the kinds of features by the keys of a pipeline that list them.
var sections = map[string]string{
	"transformations":           "transformation",
	"postprocessing":            "postprocessing item",
	"finalizers":                "finalizer",
	"rule_conditions":           "rule condition",
	"detection_item_conditions": "detection item condition",
	"field_name_conditions":     "field name condition",
}

// TestFeatureCases looks for a case in testdata/pipelines for each transformation,
// condition, postprocessing item and finalizer, and that there are as many as
// pySigma has.
func TestFeatureCases(t *testing.T) {
	seen := make(map[string]bool)
	paths, err := filepath.Glob("../../testdata/pipelines/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name != "pipeline.yml" {
				continue
			}
			var v any
			if err := yaml.Unmarshal(f.Data, &v); err == nil {
				collect(seen, "", v)
			}
		}
	}
	counts := make(map[string]int)
	for _, f := range pipeline.Features() {
		if !f.Extension {
			counts[f.Kind]++
		}
		if !seen[f.Kind+" "+f.Name] {
			t.Errorf("no case of testdata/pipelines has the %s %s", f.Kind, f.Name)
		}
	}
	for kind, want := range map[string]int{"transformation": 31, "postprocessing item": 6, "finalizer": 5} {
		if counts[kind] != want {
			t.Errorf("there are %d of the kind %s, want %d", counts[kind], kind, want)
		}
	}
}

// collect notes the types of what is listed under the keys of a pipeline.
func collect(seen map[string]bool, kind string, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			collect(seen, kind, x)
		}
	case map[string]any:
		if name, ok := v["type"].(string); ok {
			seen[kind+" "+name] = true
		}
		for key, x := range v {
			switch inner, known := sections[key]; {
			case known:
				collect(seen, inner, x)
			case key == "items":
				collect(seen, kind, x)
			default:
				if _, list := x.([]any); !list { // conditions by their names
					collect(seen, kind, x)
				}
			}
		}
	}
}
