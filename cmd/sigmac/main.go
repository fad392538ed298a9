// Command sigmac compiles Sigma detection rules to the queries of Splunk,
// Elastic and Microsoft products.
//
//	sigmac convert -t splunk -p sysmon -p splunk_windows rules/
//
// Queries go to standard output and nothing else does; errors, warnings and
// the summary go to standard error. The exit code is 0 where all rules were
// converted, 1 where some failed, 2 for wrong usage and 3 where a pipeline or
// the configuration is wrong.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	tuneMemory(os.LookupEnv, debug.SetGCPercent, debug.SetMemoryLimit)
	os.Exit(newApp().run(os.Args[1:]))
}
