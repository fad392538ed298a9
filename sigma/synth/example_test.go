package synth_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

func ExampleEvents() {
	text := `title: Net
logsource: {product: windows}
detection:
    selection:
        Image|endswith: '\net.exe'
    condition: selection
`
	source, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	rule, err := ir.Build(source)
	if err != nil {
		log.Fatal(err)
	}
	set, err := synth.Events(rule, synth.Options{Max: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range set.Events {
		if e.Traits == 0 {
			fmt.Printf("%t %s %s\n", e.Expect, e.JSON, e.Why)
		}
	}
	// Output:
	// true {"Image":"qz\\net.exe"} the condition
	// true {"Image":"\\net.exe"} the condition, with nothing for each star
	// false {} near miss: selection: Image ends with "\\net.exe", without the field Image
	// false {"Image":"qz\\net.exeqz"} near miss: selection: Image ends with "\\net.exe", with more behind it
	// false {"Image":"qznet.exe"} near miss: selection: Image ends with "\\net.exe", without its first character
}
