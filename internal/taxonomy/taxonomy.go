// Package taxonomy knows the names that log sources have: those of the
// specification's taxonomy appendix, of SigmaHQ's rules and of the built-in
// pipelines. A name that is not here may still be right: rules have log sources
// of their own.
package taxonomy

import (
	_ "embed"
	"strings"
)

//go:embed logsources.txt
var text string

// names are the names by attribute, in the order of the file.
var names = read(text)

func read(text string) map[string][]string {
	out := make(map[string][]string)
	for line := range strings.Lines(text) {
		if attribute, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && attribute != "#" {
			out[attribute] = append(out[attribute], name)
		}
	}
	return out
}

// Names returns the names that the log source's attribute category, product or
// service has; it has none for others. It must not be changed.
func Names(attribute string) []string { return names[attribute] }
