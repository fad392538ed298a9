package ir_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func ExampleBuild() {
	text := `title: Encoded Command
logsource: {product: windows}
detection:
    selection:
        CommandLine|wide|base64offset|contains: ping
        Image|endswith: ['\powershell.exe', '\pwsh.exe']
    condition: selection
`
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ir.String(built.Where[0]))
	// Output:
	// selection{and{CommandLine=any{"*cABpAG4AZw*" "*AAaQBuAGcA*" "*wAGkAbgBnA*"} Image=any{"*\\powershell.exe" "*\\pwsh.exe"}}}
}

func ExampleRewrite() {
	rule, err := sigma.ParseRule("rule.yml", []byte("title: T\nlogsource: {product: linux}\ndetection: {a: {user: root}, condition: a}\n"))
	if err != nil {
		log.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		log.Fatal(err)
	}
	renamed := ir.Rewrite(built.Where[0], func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Match); ok {
			return &ir.Match{Pos: m.Pos, Field: "account." + m.Field, Test: m.Test}
		}
		return e
	})
	fmt.Println(ir.String(built.Where[0]), ir.String(renamed))
	// Output:
	// a{user="root"} a{account.user="root"}
}
