package pack_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigma-compiler/sigmac/pack"
)

// A file sigmac.yml says what is packed; Build says what became of it.
func Example() {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	for name, text := range map[string]string{
		"sigmac.yml": `
name: my_rules
rules: ["*.rule.yml"]
targets:
  splunk: {format: tiny, settings: {title: "Sigma - {title}", every: 15m}}
`,
		"whoami.rule.yml": `
title: Whoami
id: 502b42de-4306-40b4-9596-6f590c81f073
level: low
logsource: {category: process_creation, product: windows}
detection:
  sel: {Image|endswith: '\whoami.exe'}
  condition: sel
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	config, err := pack.ReadConfig(filepath.Join(dir, "sigmac.yml"))
	if err != nil {
		panic(err)
	}
	for range 2 {
		built, err := config.Build(context.Background(), pack.Options{})
		if err != nil {
			panic(err)
		}
		for _, b := range built {
			fmt.Println(b.Target, b.Entries, "entries,", b.Compiled, "compiled")
			for _, c := range b.Changes {
				fmt.Println(" ", c.Kind, c.Path)
			}
		}
	}
	// Output:
	// splunk 1 entries, 1 compiled
	//   added manifest.json
	//   added whoami.txt
	// splunk 1 entries, 0 compiled
}
