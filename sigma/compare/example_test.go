package compare_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/compare"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func ExampleRules() {
	rule := func(values string) *ir.Rule {
		r, err := sigma.ParseRule("rule.yml", []byte("title: T\nlogsource: {product: windows}\ndetection: {s: {Image|endswith: "+values+"}, condition: s}\n"))
		if err != nil {
			log.Fatal(err)
		}
		built, err := ir.Build(r)
		if err != nil {
			log.Fatal(err)
		}
		return built
	}
	result := compare.Rules(rule(`'\net.exe'`), rule(`['\net.exe', '\net1.exe']`), compare.Options{})
	fmt.Println(result.Relation, result.Proven())
	fmt.Println(string(result.OnlyNew.JSON))
	// Output:
	// broader true
	// {"Image":"\\net1.exe"}
}
