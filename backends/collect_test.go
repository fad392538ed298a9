package backends_test

import (
	"errors"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// The finalizers of a pipeline make one text of the queries of all rules.
func ExampleCompiler_Collect() {
	p, err := pipeline.Options{Templates: jinja.Compile}.Parse("searches.yml", []byte(`
postprocessing:
  - type: template
    template: "[{{ rule.title }}]\nsearch = {{ query }}"
finalizers:
  - type: concat
    prefix: "# all searches\n"
`))
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "splunk", Pipeline: p})
	if err != nil {
		log.Fatal(err)
	}
	rule, err := sigma.ParseRule("whoami.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	result, err := compiler.Compile(rule)
	if err != nil {
		log.Fatal(err)
	}
	all := compiler.Collect()
	all.Add(result)
	text, err := all.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output:
	// # all searches
	// [Whoami]
	// search = Image="*\\whoami.exe" NOT ParentImage="C:\\Program Files\\*"
}

// TestPostprocess changes the text of a query in its format, and leaves the
// bare query as it is.
func TestPostprocess(t *testing.T) {
	p, err := pipeline.Options{Templates: jinja.Compile}.Parse("p.yml", []byte(`
transformations:
  - {type: set_state, key: index, val: main}
postprocessing:
  - type: template
    template: "{{ pipeline.vars.backend }} {{ pipeline.vars.output_format }} {{ pipeline.vars.backend_widen }} {{ pipeline.state.index }}: {{ query }}"
`))
	if err != nil {
		t.Fatal(err)
	}
	rule, err := sigma.ParseRule("whoami.yml", []byte(exampleRule))
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: "spl", Pipeline: p, Settings: map[string]string{"widen": "true"}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Compile(rule)
	if err != nil {
		t.Fatal(err)
	}
	q := result.Queries[0]
	if want := "splunk default true main: " + q.Bare; q.Text != want || !strings.HasPrefix(q.Bare, "Image=") || c.Finalizes() {
		t.Errorf("got %q, want %q", q.Text, want)
	}
	if p, err = pipeline.Parse("p.yml", []byte("postprocessing: [{type: simple_template, template: '{rule.x}'}]")); err != nil {
		t.Fatal(err)
	}
	if c, err = backends.New(backends.Options{Target: "spl", Pipeline: p}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile(rule); !errors.Is(err, sigma.BadPipeline) {
		t.Errorf("error %v", err)
	}
}
