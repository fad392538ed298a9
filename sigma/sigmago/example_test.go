package sigmago_test

import (
	"fmt"
	"log"

	theirs "github.com/bradleyjkemp/sigma-go"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// A program that holds rules of sigma-go compiles them.
func ExampleTo() {
	parsed, err := theirs.ParseRule([]byte("title: T\nlogsource: {product: linux}\ndetection: {a: {user: root}, condition: a}\n"))
	if err != nil {
		log.Fatal(err)
	}
	rule, err := sigmago.To(parsed)
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "lucene", Settings: map[string]string{"case": "native"}})
	if err != nil {
		log.Fatal(err)
	}
	result, err := compiler.Compile(rule)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Queries[0].Text)
	// Output:
	// user:root
}

// A configuration of the legacy sigmac is used as a pipeline.
func ExampleParseConfig() {
	config, err := sigmago.ParseConfig("ours.yml", []byte(`title: Our Splunk
order: 20
backends: [splunk]
logsources:
    windows-security:
        product: windows
        service: security
        index: wineventlog
        conditions: {source: 'WinEventLog:Security'}
fieldmappings:
    EventID: EventCode
    TargetUserName: {EventID=4624: user, default: Account_Name}
`))
	if err != nil {
		log.Fatal(err)
	}
	p, err := sigmago.Pipeline(config)
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "splunk", Pipeline: p})
	if err != nil {
		log.Fatal(err)
	}
	rule, err := sigma.ParseRule("rule.yml", []byte(`title: Logon
logsource: {product: windows, service: security}
detection: {a: {EventID: 4624, TargetUserName: root}, condition: a}
`))
	if err != nil {
		log.Fatal(err)
	}
	result, err := compiler.Compile(rule)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Queries[0].Text)
	// Output:
	// index="wineventlog" source="WinEventLog:Security" EventCode=4624 user="root"
}
