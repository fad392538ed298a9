package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
)

// layerSchema returns the schema of layers, which was derived from their
// documentation: MITRE publishes none.
func layerSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(shared.Path(t, "reference", "schemas", "navigator", "layer-4.5.derived.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// coverageOf runs the command on the rules of T1571.
func coverageOf(t *testing.T, flags ...string) string {
	t.Helper()
	var out bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: io.Discard}
	pack := filepath.Join("..", "..", "examples", "t1571")
	args := append([]string{"coverage", "-p", filepath.Join(pack, "placeholders.yml")}, flags...)
	if code := a.run(append(args, filepath.Join(pack, "rules"))); code != 0 {
		t.Fatalf("%q ends with %d", args, code)
	}
	return out.String()
}

// TestCoverageT1571 compares the layers of the rules of T1571, all of them and
// those that can fire in Defender XDR, and what else is written about them.
func TestCoverageT1571(t *testing.T) {
	for name, flags := range map[string][]string{
		"t1571.layer.json":          {"-f", "layer", "--name", "T1571"},
		"t1571-defender.layer.json": {"-f", "layer", "--name", "T1571 in Defender XDR", "-t", "kusto", "-p", "microsoft_xdr"},
		"t1571.txt":                 {},
		"t1571-defender.txt":        {"-t", "kusto", "-p", "microsoft_xdr", "--score", "level"},
		"t1571-defender.md":         {"-f", "markdown", "-t", "kusto", "-p", "microsoft_xdr"},
		"t1571.csv":                 {"-f", "csv", "--no-subtechniques"},
	} {
		t.Run(name, func(t *testing.T) {
			golden.Compare(t, *update, filepath.Join("testdata", "coverage", name), coverageOf(t, flags...))
		})
	}
}

// TestLayerIsValid validates layers of all kinds.
func TestLayerIsValid(t *testing.T) {
	schema := layerSchema(t)
	for _, flags := range [][]string{
		{},
		{"--gaps", "-m", "5", "-M", "-1", "-c", "#00ff00", "-C", "#ffffff"},
		{"--gaps", "-S", "--score", "max", "-t", "kusto", "-p", "microsoft_xdr"},
		{"--min-level", "critical", "--score", "level"},
	} {
		text := coverageOf(t, append(flags, "-f", "layer", "-q")...)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%q is no layer: %v", flags, err)
		}
		var l layer
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if l.Gradient.Max <= l.Gradient.Min { // the schema cannot say it
			t.Errorf("%q: the gradient goes from %d to %d", flags, l.Gradient.Min, l.Gradient.Max)
		}
	}
}
