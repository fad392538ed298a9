package content

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// savedSearch is the format of Discover's saved searches.
func (l Language) savedSearch() emit.Format {
	settings := []emit.Setting{*title()}
	if l.Name != "esql" {
		settings = append(settings,
			emit.Setting{Name: indexSetting, Whole: true, Doc: "the indices that are searched, with commas between them, in place of those of the log source"},
			emit.Setting{Name: "data_view", Whole: true, Doc: "the id of a data view that exists, in place of one that is made for the indices"})
	}
	return emit.Format{
		Name:    "kibana_ndjson",
		Doc:     "a saved search of Discover, as Kibana imports saved objects",
		Aliases: []string{"kibana-ndjson", "saved_search"},
		Wrap:    l.Wrap,
		Content: &emit.Content{Entry: l.saved, Join: joinObjects, Ext: ".ndjson", Settings: settings},
	}
}

// title is the setting of that name.
func title() *emit.Setting {
	settings := emit.ContentSettings("", "", "")
	return &settings[slices.IndexFunc(settings, func(s emit.Setting) bool { return s.Name == "title" })]
}

// saved writes an entry as a saved search, and the data view that it is for. An
// object without a version goes through all of Kibana's migrations, which leave
// it as it is; so any version from 7.11 on imports it.
func (l Language) saved(j *emit.Job, e *emit.Entry) string {
	source := object{{"query", object{{"query", e.Query}, {"language", l.Name}}}, {"filter", []string{}}}
	if l.Name == "esql" {
		return l.savedESQL(e)
	}
	indices := strings.Join(indicesOf(j, e), ",")
	view := j.Setting("data_view")
	text := ""
	if view == "" {
		view = emit.StableID("data view", indices)
		text = object{
			{"attributes", object{{"title", indices}, {"timeFieldName", "@timestamp"}}},
			{"id", view},
			{"references", []object{}},
			{"type", "index-pattern"},
		}.json() + "\n"
	}
	const ref = "kibanaSavedObjectMeta.searchSourceJSON.index"
	source.add("indexRefName", ref)
	return text + object{
		{"attributes", append(attributes(e, source), member{"sort", [][]string{{"@timestamp", "desc"}}})},
		{"id", e.ID},
		{"references", []object{{{"id", view}, {"name", ref}, {"type", "index-pattern"}}}},
		{"type", "search"},
	}.json()
}

// savedESQL writes an entry in ES|QL, which says itself where it searches. Kibana
// has had the language since 8.11, whose objects have these versions; the
// migrations before that are for other queries.
func (l Language) savedESQL(e *emit.Entry) string {
	source := object{{"query", object{{"esql", e.Query}}}, {"filter", []string{}}}
	return object{
		{"attributes", append(attributes(e, source), member{"sort", []string{}}, member{"isTextBasedQuery", true})},
		{"coreMigrationVersion", "8.8.0"},
		{"id", e.ID},
		{"references", []object{}},
		{"type", "search"},
		{"typeMigrationVersion", "7.9.3"},
	}.json()
}

func attributes(e *emit.Entry, source object) object {
	return object{
		{"title", e.Title},
		{"description", e.Meta.Description},
		{"columns", texts(e.Rule.Fields)},
		{"kibanaSavedObjectMeta", object{{"searchSourceJSON", source.json()}}},
	}
}

// joinObjects puts objects together, each once: Kibana refuses a file with the
// same one twice, such as a data view of two searches.
func joinObjects(texts []string) string {
	var lines []string
	for _, text := range texts {
		lines = append(lines, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
	}
	seen := make(map[string]bool, len(lines))
	lines = slices.DeleteFunc(lines, func(line string) bool {
		was := seen[line]
		seen[line] = true
		return was || line == ""
	})
	return strings.Join(lines, "\n") + "\n"
}
