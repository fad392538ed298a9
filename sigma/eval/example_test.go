package eval_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func ExampleCompile() {
	text := `title: Odd Port
logsource: {category: network_connection, product: windows}
detection:
    selection:
        Image|endswith: '\curl.exe'
    filter:
        DestinationPort: [80, 443]
    condition: selection and not filter
`
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	engine, err := eval.Compile([]*ir.Rule{built}, eval.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var matches []eval.Match
	for _, line := range []string{
		`{"Image": "C:\\Windows\\System32\\CURL.EXE", "DestinationPort": 8088}`,
		`{"Image": "C:\\Windows\\System32\\curl.exe", "DestinationPort": "443"}`,
	} {
		matches, err = engine.MatchJSON([]byte(line), matches[:0])
		if err != nil {
			log.Fatal(err)
		}
		for _, m := range matches {
			fmt.Println(m.Rule.Source.Title)
		}
	}
	// Output:
	// Odd Port
}
