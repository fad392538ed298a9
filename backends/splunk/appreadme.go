package splunk

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// readme says what is in the app and what is to be done with it.
func (a *app) readme(searches []string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", markdown(a.label))
	if text := strings.TrimSpace(a.Description); text != "" {
		line("%s\n", markdown(text))
	}
	line("Version %s. A Splunk app of searches that were compiled from Sigma rules.\n", a.Version)
	a.readmeSearches(&b, searches)
	a.readmeLookups(&b)
	if len(a.Macros) > 0 {
		line("\n## Macros\n\nThe searches use them; change them in `local/macros.conf`.\n")
		for _, m := range a.Macros {
			line("- `%s`", m.Name)
		}
	}
	if name := a.Setting("macro"); name != "" && !a.hasMacro(name) {
		line("\n## Before you install it\n\nThe searches begin with the macro `%s`, which is not in this app: another app has to define it.", name)
	}
	return b.String()
}

func (a *app) hasMacro(name string) bool {
	for _, m := range a.Macros {
		if m.Name == name {
			return true
		}
	}
	return false
}

// readmeSearches lists the searches by the names of their stanzas.
func (a *app) readmeSearches(b *strings.Builder, searches []string) {
	on := 0
	for _, e := range a.Entries {
		if e.Enabled {
			on++
		}
	}
	fmt.Fprintf(b, "## Searches\n\n%d searches, of which %d are enabled. Enable one in Settings > Searches, reports, and alerts, or by `disabled = 0` in `local/savedsearches.conf`.\n\n", len(a.Entries), on)
	b.WriteString("| search | level | every | Sigma id |\n|---|---|---|---|\n")
	for i, e := range a.Entries {
		_, name, _ := parts(searches[i])
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdown(name), e.Level, emit.FormatDuration(e.Schedule.Every), e.ID)
	}
}

func (a *app) readmeLookups(b *strings.Builder) {
	if len(a.Lists) == 0 {
		return
	}
	b.WriteString("\n## Lookups\n\nLists that are yours to fill, one value a row. A search that reads one takes 10,000 values of it at most.\n\n")
	for _, l := range a.Lists {
		fmt.Fprintf(b, "- `lookups/%s.csv`: %d values\n", l.Name, len(l.Values))
	}
}

// markdown returns a text that Markdown shows as it is, in one line.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if r < 0x80 && strings.ContainsRune("\\`*_{}[]<>()#+!|~&$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
