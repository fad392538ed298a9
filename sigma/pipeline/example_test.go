package pipeline_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

const exampleRule = `
title: Callback to an unusual port
logsource:
  category: network_connection
  product: windows
detection:
  selection:
    Initiated: 'true'
    DestinationPort: [8080, 8888]
  condition: selection
`

// A chain of pipelines that come with the project, applied to a rule.
func Example() {
	rule, err := sigma.ParseRule("rule.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	sysmon, _ := pipeline.Builtin("sysmon")
	ecs, _ := pipeline.Builtin("ecs_windows")
	out, err := pipeline.Chain(ecs, sysmon).Apply(r, "lucene")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ir.String(out.Where[0]))
	// Output:
	// and{winlog.channel="Microsoft-Windows-Sysmon/Operational" event.code=3 selection{and{network.direction=any{cased "egress" cased "outbound"} destination.port=any{8080 8888}}}}
}

// A pipeline from YAML, with a mistake in it.
func ExampleParse() {
	_, err := pipeline.Parse("mine.yml", []byte(`
transformations:
  - type: field_name_maping
    mapping: {EventID: EventCode}
`))
	fmt.Println(err)
	// Output:
	// mine.yml:3:11: there is no transformation "field_name_maping" (did you mean "field_name_mapping"?)
}

// What a user types: the name of a pipeline, a file, or a folder.
func ExampleResolve() {
	_, err := pipeline.Resolve("splunk-windows")
	fmt.Println(err)
	// Output:
	// there is no pipeline "splunk-windows", nor a file or folder of that name (did you mean "splunk_windows"?)
}

// What the steps of a chain change about a rule, one after the other.
func ExamplePipeline_Trace() {
	rule, err := sigma.ParseRule("rule.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	sysmon, _ := pipeline.Builtin("sysmon")
	mine, err := pipeline.Parse("mine.yml", []byte(`
priority: 20
transformations:
  - id: ports
    type: field_name_mapping
    mapping:
      DestinationPort: [dst_port, port]
`))
	if err != nil {
		log.Fatal(err)
	}
	_, changes, err := pipeline.Chain(sysmon, mine).Trace(r, "splunk")
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range changes {
		if c.Kind == pipeline.ItemChanged {
			fmt.Printf("%s: %s becomes %s by %s, %s\n", c.Pos, c.From, c.To, c.Step.Label(), c.At)
		}
	}
	// Output:
	// rule.yml:9:5: DestinationPort=any{8080 8888} becomes or{dst_port=any{8080 8888} port=any{8080 8888}} by ports, mine.yml:7:7
}
