package sigmago_test

import (
	"fmt"
	"log"

	theirs "github.com/bradleyjkemp/sigma-go"

	"github.com/sigma-compiler/sigmac/backends"
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
