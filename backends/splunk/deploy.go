package splunk

import (
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// deployed returns the query as the saved search has it: in the index, with
// what each run is to tell, and the columns that one wants to see.
func deployed(j *emit.Job, e *emit.Entry) string {
	text := indexed(j, e, strings.TrimSpace(e.Query))
	if e.Correlation != nil && j.Setting("once") == "true" {
		text = pipe(text, "addinfo", "where "+firesNow(e), "fields - info_min_time info_max_time info_search_time info_sid")
	}
	if names := columns(j, e); j.Setting("table") == "true" && len(names) > 0 {
		quoted := make([]string, len(names))
		for i, name := range names {
			if quoted[i] = searchField(name); strings.Contains(name, "*") || emit.HasControl(name) {
				j.Unsupported(e.Meta.At("fields"), "a table with a field whose name has a star or a line break in it", "leave it out of fields, or set table to false")
			}
		}
		text = pipe(text, "table "+strings.Join(quoted, " "))
	}
	return text
}

// columns returns the fields that the rule wants to be seen, or those by which
// the correlation groups.
func columns(j *emit.Job, e *emit.Entry) []string {
	names := j.Rule.Fields
	if e.Correlation != nil {
		names = keyFields(e.Correlation)
	}
	if len(names) == 0 {
		return nil
	}
	first := []string{"_time"}
	if j.Setting("tstats") == "true" {
		first = []string{"firstTime", "lastTime", "count"}
	}
	return append(first, names...)
}

// keyFields returns the fields by which a correlation groups, as its events
// call them.
func keyFields(c *ir.Correlation) []string {
	var names []string
	seen := make(map[string]bool)
	for _, m := range c.Members {
		for _, key := range c.Keys {
			for _, r := range m.ReadsOf(key.Text) {
				for _, f := range r.Fields {
					if !seen[f] {
						seen[f] = true
						names = append(names, f)
					}
				}
			}
		}
	}
	return names
}

// firesNow is true of the firings of a correlation that no run before this one
// has seen. Each run looks back by the timespan in addition, so that it sees
// all of each window that ends in its own time; what fired in the time before
// that, the run before has told. Pieces of time are told by the first run that
// has seen their end, since before it they are not complete.
func firesNow(e *emit.Entry) string {
	reach := emit.Reach(e.Correlation)
	if e.Method != emit.Buckets || e.Correlation.Type == ir.TemporalOrdered {
		return "_time>=info_min_time+" + seconds(reach)
	}
	span := seconds(e.Correlation.Window)
	end := "floor(_time/" + span + ")*" + span + "+" + span
	return end + "<=info_max_time AND " + end + ">info_max_time-" + seconds(e.Schedule.Window-reach)
}

// indexed puts the indexes and the macro of the settings before the first
// search clause, which stands in parentheses behind them: OR binds tighter than
// what is side by side (SR, search), and the clause must stay one condition.
func indexed(j *emit.Job, e *emit.Entry, text string) string {
	prefix := strings.TrimSpace(indexes(j, e) + " " + macro(j, e))
	if prefix == "" {
		return text
	}
	end := clauseEnd(text)
	if end < 1 {
		j.Unsupported(e.Meta.Pos, "the index of a query that does not begin with a search clause", "leave the settings index and macro out; those of a data model are set there")
		return text
	}
	clause, rest := strings.TrimSpace(text[:end]), text[end:]
	if explicit := "search "; len(clause) > len(explicit) && strings.EqualFold(clause[:len(explicit)], explicit) {
		clause = strings.TrimSpace(clause[len(explicit):])
	}
	if clause != "*" {
		prefix += " (" + clause + ")"
	}
	if rest != "" {
		prefix += " "
	}
	return prefix + rest
}

var (
	indexName = regexp.MustCompile(`\A[a-z0-9_*][a-z0-9_*-]*\z`)
	macroName = regexp.MustCompile(`\A[A-Za-z0-9_-]+\z`)
)

// indexes writes the setting index.
func indexes(j *emit.Job, e *emit.Entry) string {
	names := emit.SplitList(j.Setting("index"))
	for i, name := range names {
		if !indexName.MatchString(name) {
			j.Fail(e.Meta.Pos, sigma.BadSetting, "lower case letters, digits, _, - and *; several with commas between them", "the setting index is %q, and %q is no name of an index", j.Setting("index"), name)
		}
		names[i] = "index=" + name
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return "(" + strings.Join(names, " OR ") + ")"
}

// macro writes the setting macro.
func macro(j *emit.Job, e *emit.Entry) string {
	name := j.Setting("macro")
	if name == "" {
		return ""
	}
	if !macroName.MatchString(name) {
		j.Fail(e.Meta.Pos, sigma.BadSetting, "letters, digits, _ and -, without backticks and arguments", "the setting macro is %q, which is no name of a macro", name)
	}
	return "`" + name + "`"
}

// clauseEnd returns where the first command of a query ends: at the first "|"
// that stands neither in quotes, nor in backticks, nor in a subsearch. It is
// negative where one of these does not end.
func clauseEnd(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '`':
			if i = quotedEnd(text, i); i < 0 {
				return -1
			}
		case '[':
			depth++
		case ']':
			if depth--; depth < 0 {
				return -1
			}
		case '|':
			if depth == 0 {
				return i
			}
		}
	}
	if depth > 0 {
		return -1
	}
	return len(text)
}

// quotedEnd returns the place of the quote or backtick that ends the one at i,
// or -1. In quotes a backslash takes the character behind it.
func quotedEnd(text string, i int) int {
	q := text[i]
	for i++; i < len(text); i++ {
		if text[i] == '\\' && q == '"' {
			i++
		} else if text[i] == q {
			return i
		}
	}
	return -1
}
