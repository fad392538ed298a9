package sigma_test

import (
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/sigma-compiler/sigmac/sigma"
)

const rule = `title: Curl on an unusual port
logsource:
    category: network_connection
    product: windows
detection:
    selection:
        Image|endswith: '\curl.exe'
    filter:
        DestinationPort: [80, 443]
    condition: selection and not filter
level: medium
`

func ExampleParseRule() {
	r, err := sigma.ParseRule("curl.yml", []byte(rule))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Title, "/", r.Level)
	for _, s := range r.Detection.Searches {
		fmt.Println(s.Name, "in line", s.Line)
	}
	fmt.Println(r.Detection.Conditions[0].Expr)
	// Output:
	// Curl on an unusual port / medium
	// selection in line 6
	// filter in line 8
	// selection and not filter
}

// All mistakes of a file are reported at once, each with its place.
func ExampleParse_errors() {
	_, err := sigma.Parse("wrong.yml", []byte(`title: Wrong
status: expermental
logsource:
    product: windows
detection:
    selection:
        Image: a
    condition: selektion
`))
	for _, e := range sigma.Errors(err) {
		fmt.Println(e)
		fmt.Println(e.Snippet())
	}
	fmt.Println(errors.Is(err, sigma.UnknownName))
	// Output:
	// wrong.yml:2:9: unknown status 'expermental' (did you mean experimental?)
	//     status: expermental
	//             ^
	// wrong.yml:8:16: there is no search with the name 'selektion' (did you mean selection?)
	//         condition: selektion
	//                    ^
	// true
}

// Warnings come with ParseFile and Load.
func ExampleParseFile() {
	docs, warnings, errs := sigma.ParseFile(&sigma.File{Name: "old.yml", Data: []byte(`title: Old
date: 2019/10/23
logsource: {product: windows}
detection: {keywords: [mimikatz], condition: keywords}
`)})
	fmt.Println(len(docs), "document,", len(errs), "errors")
	fmt.Println(warnings)
	// Output:
	// 1 document, 0 errors
	// old.yml:2:7: date has slashes (write 2019-10-23)
}

// Load does for folders on disk what LoadFS does here.
func ExampleLoadFS() {
	files := fstest.MapFS{
		"rules/curl.yml":        {Data: []byte(rule)},
		"rules/more/second.yml": {Data: []byte(rule)},
		"rules/readme.md":       {Data: []byte("Rules of ours")},
	}
	c, err := sigma.LoadFS(files, "rules")
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range c.Rules() {
		fmt.Println(r.File.Name)
	}
	// Output:
	// rules/curl.yml
	// rules/more/second.yml
}

func ExampleWrite() {
	r, err := sigma.ParseRule("curl.yml", []byte("{title: Short, logsource: {product: p}, detection: {s: {a|re: \"\\\\d\"}, condition: s}}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Level = "low"
	if err := sigma.Write(os.Stdout, r); err != nil {
		fmt.Println(err)
	}
	// Output:
	// title: Short
	// logsource:
	//     product: p
	// detection:
	//     s:
	//         a|re: '\d'
	//     condition: s
	// level: low
}
