package splunkread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// from reads the arguments of the command from, at the beginning of a query:
//
//	from datamodel:"Endpoint.Processes"
//
// Behind it, fields have their own names, without that of the dataset, as
// Splunk's own searches of "from datamodel Risk.All_Risk" have them.
func (rd *reader) from(text string, off int) error {
	rest, ok := strings.CutPrefix(text, "datamodel")
	if !ok {
		return foreign(off, "from anything but a data model is not read")
	}
	name := strings.TrimSpace(strings.TrimPrefix(rest, ":"))
	if unquoted, ok := strings.CutPrefix(name, `"`); ok {
		name, ok = strings.CutSuffix(unquoted, `"`)
		if !ok {
			return refused(off, "the quote is not closed")
		}
	}
	if !isModel(name) {
		return foreign(off, "%q is no data model and dataset", name)
	}
	rd.index, rd.dataset = name, &dataset{}
	return nil
}

// isModel reports whether a text is a data model and one of its datasets.
func isModel(text string) bool {
	model, set, ok := strings.Cut(text, ".")
	return ok && isWord(model) && isWord(set)
}

func isWord(text string) bool {
	for i := range len(text) {
		if !isWordByte(text[i]) {
			return false
		}
	}
	return text != ""
}

// A dataset is what a query reads instead of raw events.
type dataset struct {
	prefix string   // of its fields in tstats: its name and a dot
	groups []string // in tstats the fields that rows have; nil for all
	fill   string   // what tstats puts where a row lacks one of them
	rows   bool     // whether the command is behind tstats
}

// tstats reads a search of a data model:
//
//	tstats <option>... <function>... from datamodel=<model>.<dataset> where <search> by <field>...
//
// (SR, tstats). Its functions make columns; which events there are, where and
// by decide.
func (rd *reader) tstats(text string, off int) error {
	parts, err := splitTstats(text, off)
	if err != nil {
		return err
	}
	model, ok := strings.CutPrefix(strings.TrimSpace(parts.from.text), "datamodel=")
	if !ok || !isModel(model) {
		return foreign(off+parts.from.off, "tstats from anything but a dataset of a data model is not read")
	}
	rd.index = model
	rd.dataset = &dataset{prefix: model[strings.IndexByte(model, '.')+1:] + "."}
	filled, err := rd.tstatsOptions(parts.head.text, off)
	if err != nil {
		return err
	}
	if strings.TrimSpace(parts.where.text) != "" {
		e, err := rd.search(parts.where.text, off+parts.where.off)
		if err != nil {
			return err
		}
		if e, err = rd.settle(e, off+parts.where.off); err != nil {
			return err
		}
		rd.where = append(rd.where, e)
	}
	rd.dataset.rows, rd.dataset.groups = true, strings.Fields(strings.ReplaceAll(parts.by.text, ",", " "))
	for i, name := range rd.dataset.groups {
		rd.dataset.groups[i] = strings.Trim(name, `"`)
		if filled {
			continue
		}
		// "Rows with a null field of the by clause are left out" where nothing fills them (SR, tstats, fillnull_value).
		e, err := rd.settle(rd.exists(rawField(rd.dataset.groups[i]), readback.No), off+parts.by.off)
		if err != nil {
			return err
		}
		rd.where = append(rd.where, e)
	}
	return nil
}

// tstatsOptions reads what stands before from, and reports whether rows that
// lack a field are filled.
func (rd *reader) tstatsOptions(text string, off int) (filled bool, err error) {
	for _, word := range strings.Fields(text) {
		name, value, ok := strings.Cut(word, "=")
		switch {
		case !ok || strings.ContainsAny(name, "(\""):
			// a function, or the name of its column
		case name == "summariesonly", name == "allow_old_summaries":
			// which of the events that there are the summaries have is not modelled
		case name == "fillnull_value":
			rd.dataset.fill, filled = strings.Trim(value, `"`), true
		default:
			return false, foreign(off, "the option %s of tstats is not read", name)
		}
	}
	return filled, nil
}

// A span is a part of a command with its offset.
type span struct {
	off  int
	text string
}

// tstatsParts are the parts of a tstats command.
type tstatsParts struct{ head, from, where, by span }

// splitTstats takes a tstats command apart at its keywords, which stand
// outside of quotes and parentheses.
func splitTstats(text string, off int) (p tstatsParts, err error) {
	current, start, depth := &p.head, 0, 0
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end, ok := stringEnd(text, i)
			if !ok {
				return p, refused(off+i, "the quote is not closed")
			}
			i = end
			continue
		case c == '(':
			depth++
		case c == ')':
			depth--
		case isWordByte(c) && depth == 0 && (i == 0 || isSpace(text[i-1])):
			end := i
			for end < len(text) && !isSpace(text[end]) && text[end] != '"' && text[end] != '(' {
				end++
			}
			if next := p.keyword(text[i:end]); next != nil {
				*current = span{start, text[start:i]}
				current, start = next, end
			}
			i = end
			continue
		}
		i++
	}
	*current = span{start, text[start:]}
	if strings.TrimSpace(p.head.text) == "" || p.from.text == "" {
		return p, refused(off, "tstats takes a function and, behind from, a data model")
	}
	return p, nil
}

// keyword returns the part that a word begins, nil where it begins none.
func (p *tstatsParts) keyword(word string) *span {
	switch strings.ToLower(word) {
	case "from":
		return &p.from
	case "where":
		return &p.where
	case "by":
		return &p.by
	}
	return nil
}
