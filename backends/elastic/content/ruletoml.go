package content

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

var maturity = emit.Setting{
	Name: "maturity", Default: "production",
	Values: []string{"production", "beta", "experimental", "development", "deprecated"},
	Doc:    "the maturity in the metadata; only rules of production are released",
}

// builtLater are the members of a rule that elastic/detection-rules computes when
// it builds its package, or that say nothing there.
var builtLater = []string{"required_fields", "related_integrations", "exceptions_list", "actions", "version", "enabled"}

// ruleTOML returns an entry as a file of elastic/detection-rules. Of the lists, it
// wants the one of authors even where it is empty.
func (l Language) ruleTOML(j *emit.Job, e *emit.Entry) string {
	rule := slices.DeleteFunc(l.rule(j, e), func(m member) bool {
		list, ok := m.value.([]string)
		return slices.Contains(builtLater, m.key) || ok && len(list) == 0 && m.key != "author"
	})
	var b strings.Builder
	writeTOML(&b, "", object{{"metadata", metadata(j, e)}, {"rule", rule}})
	return strings.TrimPrefix(b.String(), "\n")
}

// metadata returns what the repository knows of a rule beside it. A rule without
// a date has none there: one that changes with each build would be worse.
func metadata(j *emit.Job, e *emit.Entry) object {
	created, updated := cmp.Or(e.Meta.Date, e.Meta.Modified), cmp.Or(e.Meta.Modified, e.Meta.Date)
	if created == "" {
		j.Warn(e.Meta.Pos, sigma.Style, "write a date", "the repository wants the date of a rule, and this one has none")
	}
	slashes := strings.NewReplacer("-", "/")
	var o object
	o.addText("creation_date", slashes.Replace(created))
	var packages []string
	for _, p := range packagesOf(j, e) {
		name, _, _ := strings.Cut(p, "/")
		packages = addNew(packages, name)
	}
	if packages != nil {
		o.add("integration", packages)
	}
	o.add("maturity", j.Setting(maturity.Name))
	o.addText("updated_date", slashes.Replace(updated))
	return o
}

// joinTOML puts rules one behind the other, for people to read: a file has one.
func joinTOML(texts []string) string { return strings.Join(texts, "\n") }
