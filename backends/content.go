package backends

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Overrides are settings that some rules have in place of those of
// Options.Settings. Those of a rule go before those of its level. What a rule
// itself says under the key of the target or of its family, such as
//
//	splunk:
//	    every: 15m
//
// goes before the level's and after those given for the rule.
//
// A rule without a level has those of medium, since that is what it is deployed
// as. The case of ids that are UUIDs does not count.
//
// The rules of a correlation have its settings, and before these those of their
// own that say how their part of the query is written. What is one for all that
// a query searches has the correlation alone, and a rule that wants it otherwise
// gets a warning; levels are those of what is deployed.
type Overrides struct {
	Levels map[sigma.Level]map[string]string
	Rules  map[string]map[string]string // by id, name or title of the rule
}

// check returns an error about the first setting, in the order of names, that
// the target does not have.
func (o Overrides) check(b *emit.Backend, f *emit.Format) error {
	if f.Content == nil && len(o.Levels)+len(o.Rules) > 0 {
		return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("the format %s of %s is for queries alone: levels and rules have no settings of their own", f.Name, b.Name)}
	}
	for _, level := range slices.Sorted(maps.Keys(o.Levels)) {
		if !slices.Contains(sigma.Levels(), string(level)) {
			return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("there is no level %q", level), Hint: suggest(string(level), sigma.Levels())}
		}
		if err := checkSettings(b, f, o.Levels[level]); err != nil {
			return err
		}
	}
	spelt := make(map[string]string)
	for _, rule := range slices.Sorted(maps.Keys(o.Rules)) {
		if first := spelt[foldID(rule)]; first != "" {
			return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("%q and %q are the same id", first, rule)}
		}
		spelt[foldID(rule)] = rule
		if err := checkSettings(b, f, o.Rules[rule]); err != nil {
			return err
		}
	}
	return nil
}

func checkSettings(b *emit.Backend, f *emit.Format, settings map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := checkSetting(b, f, name, settings[name]); err != nil {
			return err
		}
	}
	return nil
}

// foldID returns an id as all its spellings are, and any other name as it is.
func foldID(name string) string {
	if id := strings.ToLower(name); sigma.IsUUID(id) {
		return id
	}
	return name
}

// byFoldedID returns the overrides with the ids of rules as foldID has them.
func (o Overrides) byFoldedID() Overrides {
	out := Overrides{Levels: o.Levels, Rules: make(map[string]map[string]string, len(o.Rules))}
	for name, settings := range o.Rules {
		out.Rules[foldID(name)] = settings
	}
	return out
}

// familyHas reports whether a format of the backend, or of one that shares its
// family, has a setting besides the one in hand.
func familyHas(b *emit.Backend, name string) bool {
	for _, other := range all {
		if other != b && (b.Family == "" || other.Family != b.Family) {
			continue
		}
		if other.Setting(name) != nil || formatsWith(other, name) != "" {
			return true
		}
	}
	return false
}

// entry makes what a query is deployed with.
func (c *Compiler) entry(j *emit.Job, x *ir.Correlation, query string, number, of int) *emit.Entry {
	e := j.NewEntry(&j.Rule.Source.Meta, query, number, of)
	if x != nil {
		e.Correlation, e.Method = x, c.method
	}
	j.SetSchedule(e)
	if len(j.Errors) == 0 {
		e.Text = c.format.Content.Entry(j, e)
	}
	return e
}

// Joins reports whether the compiler's format makes one text of all queries:
// what Join returns.
func (c *Compiler) Joins() bool { return c.format.Content != nil && c.format.Content.Join != nil }

// Join makes one text of the texts of queries, as the format has it.
func (c *Compiler) Join(texts []string) string {
	if !c.Joins() {
		return emit.JoinTexts(texts)
	}
	return c.format.Content.Join(texts)
}

// Format returns the format of the compiler.
func (c *Compiler) Format() *emit.Format { return c.format }

// Files makes the files of a pack of entries, which are results of the compiler.
// Entries whose titles make the same name of a file get a number.
func (c *Compiler) Files(p *emit.Pack) ([]emit.File, error) {
	content := c.format.Content
	if content == nil {
		return nil, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("the format %s of %s is for queries alone", c.format.Name, c.backend.Name), Hint: "there are " + strings.Join(c.backend.ContentFormats(), ", ")}
	}
	pack := *p
	pack.Entries, pack.Format, pack.Settings = distinctStems(p.Entries), c.format, c.settings
	if content.Files != nil {
		return content.Files(&pack)
	}
	texts := make([]string, len(pack.Entries))
	for i, e := range pack.Entries {
		texts[i] = e.Text
	}
	if content.Apart != nil {
		texts = content.Apart(texts)
	}
	files := make([]emit.File, len(pack.Entries))
	for i, e := range pack.Entries {
		files[i] = emit.File{Path: e.Stem + content.Ext, Data: []byte(c.Join(texts[i : i+1]))}
	}
	return files, nil
}

// distinctStems returns entries of which no two have the same stem, and none
// that no file may have: those that would have the begin of their ids behind it,
// or where that is not enough the whole of them, and a number where even ids are
// the same. Titles are anybody's, and none may keep the others from being
// written; what a file is called does not depend on the order of the rules.
func distinctStems(list []*emit.Entry) []*emit.Entry {
	out := slices.Clone(list)
	rename := func(i int, stem string) {
		named := *list[i]
		named.Stem = stem
		out[i] = &named
	}
	for _, size := range []int{8, 36} { // of a UUID
		count := stems(out)
		for i, e := range out {
			if count[e.Stem] > 1 || reserved.MatchString(e.Stem) {
				rename(i, list[i].Stem+"_"+strings.ReplaceAll(e.ID[:size], "-", "_"))
			}
		}
	}
	count := stems(out)
	for i, e := range out {
		for n := 2; count[out[i].Stem] > 1; n++ {
			if stem := e.Stem + "_" + strconv.Itoa(n); count[stem] == 0 {
				count[e.Stem]--
				count[stem]++
				rename(i, stem)
			}
		}
	}
	return out
}

// stems counts the entries of each stem.
func stems(list []*emit.Entry) map[string]int {
	count := make(map[string]int, len(list))
	for _, e := range list {
		count[e.Stem]++
	}
	return count
}

// reserved are the stems that no file has: that of a pack's own manifest, and
// those of devices, of which Windows has no files.
var reserved = regexp.MustCompile(`^(manifest|con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
