package lint_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/lint"
)

// A mapping of a field that has another name by then.
func ExampleCheck() {
	p, err := pipeline.Parse("mine.yml", []byte(`
transformations:
  - type: field_name_prefix
    prefix: winlog.
    rule_conditions: [{type: logsource, product: windows}]
  - type: field_name_mapping
    mapping:
      Image: process.executable
    rule_conditions: [{type: logsource, product: windows, category: process_creation}]
`))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range lint.Check(p, lint.Options{}) {
		fmt.Printf("%s: %v\n", f.Severity, &f.Error)
	}
	// Output:
	// warning: mine.yml:8:7: the field "Image" has another name by now, so this has no effect (see mine.yml:3:5)
}
