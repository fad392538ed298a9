package splunkread_test

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// What a query means depends on the order of AND and OR where no parentheses
// say it.
func ExampleReading_Read() {
	query := `EventID=1 Image="*\\curl.exe" OR Image="*\\wget.exe"`
	for _, r := range []splunkread.Reading{{}, {AndFirst: true}} {
		q, err := r.Read(query, readback.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(ir.String(readback.Meaning(q.Where)))
	}
	_, err := splunkread.Read(`EventID=1 | search OR Image="*\\wget.exe"`, readback.Options{})
	fmt.Println(err)
	// Output:
	// and{EventID="1" or{Image="*\\curl.exe" Image="*\\wget.exe"}}
	// or{and{EventID="1" Image="*\\curl.exe"} Image="*\\wget.exe"}
	// at byte 19: "OR" stands where a term is expected
}
