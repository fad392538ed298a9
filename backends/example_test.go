package backends_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

const exampleRule = `title: Whoami
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\whoami.exe'
    filter:
        ParentImage|startswith: 'C:\Program Files\'
    condition: selection and not filter
level: medium
`

func Example() {
	rule, err := sigma.ParseRule("whoami.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "splunk"})
	if err != nil {
		log.Fatal(err)
	}
	result, err := compiler.Compile(rule)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Queries[0].Text)
	// Output:
	// Image="*\\whoami.exe" NOT ParentImage="C:\\Program Files\\*"
}

// A pipeline gives log sources and fields the names of the target.
func ExampleNew_pipeline() {
	rule, err := sigma.ParseRule("whoami.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	xdr, err := pipeline.Resolve("microsoft_xdr")
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "kusto", Pipeline: xdr})
	if err != nil {
		log.Fatal(err)
	}
	result, err := compiler.Compile(rule)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Queries[0].Text)
	// Output:
	// DeviceProcessEvents
	// | where ActionType =~ "ProcessCreated" and FolderPath endswith @"\whoami.exe" and not(InitiatingProcessFolderPath startswith @"C:\Program Files\")
}

// A rule is built once and compiled for several targets. What a language
// cannot say is an error with a place.
func ExampleCompiler_Rule() {
	text := "title: T\nlogsource: {product: linux}\ndetection:\n    a:\n        cmd|re: 'a+b'\n    condition: a\n"
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	for _, target := range []string{"eql", "kql"} {
		compiler, err := backends.New(backends.Options{Target: target})
		if err != nil {
			log.Fatal(err)
		}
		result, err := compiler.Rule(built)
		if errors.Is(err, sigma.Unsupported) {
			fmt.Println(err)
			continue
		}
		fmt.Println(result.Queries[0].Text)
	}
	// Output:
	// any where cmd regex ".*a+b.*"
	// rule.yml:5:17: Kibana KQL cannot say a regular expression (splunk, lucene, eql, esql and kusto can)
}

// A schema of the user's own decides which columns there are, and their types.
func ExampleNew_schema() {
	rule, err := sigma.ParseRule("whoami.yml", []byte(exampleRule))
	if err != nil {
		log.Fatal(err)
	}
	xdr, err := pipeline.Resolve("microsoft_xdr")
	if err != nil {
		log.Fatal(err)
	}
	getschema := "ColumnName,ColumnOrdinal,DataType,ColumnType\nFolderPath,0,System.String,string\nActionType,1,System.String,string\n"
	tables, err := schema.Read(schema.Kusto, "DeviceProcessEvents.csv", []byte(getschema))
	if err != nil {
		log.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "kusto", Pipeline: xdr, Schema: tables})
	if err != nil {
		log.Fatal(err)
	}
	_, err = compiler.Compile(rule)
	fmt.Println(err)
	// Output:
	// whoami.yml:9:9: the table DeviceProcessEvents has no column "InitiatingProcessFolderPath"
}
