package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A board is all that was measured.
type board struct {
	versions
	step       int
	rules      int
	events     int // recorded
	withEvents int // rules that have recorded events
	batches    []*batch
}

// render writes the board.
func (bd *board) render() string {
	var b strings.Builder
	b.WriteString("# Scoreboard\n\n")
	fmt.Fprintf(&b, "How much of SigmaHQ's rules sigmac gets right, and pySigma by the same measures. Made on %s by\n\n", bd.date)
	fmt.Fprintf(&b, "    %s\n\n", bd.command())
	b.WriteString(bd.made())
	b.WriteString("\n## Summary\n\n" + bd.summary())
	b.WriteString("\n## Converted\n\n" + bd.converted())
	b.WriteString("\n## Accepted by the parser of the language\n\n" + bd.accepted())
	b.WriteString("\n## Right on recorded events\n\n" + bd.recorded())
	b.WriteString("\n## Right on synthesised events\n\n" + bd.synthesised())
	b.WriteString("\n" + notes)
	return b.String()
}

func (bd *board) command() string {
	text := "go run ./internal/scoreboard -shared ../shared -o docs/scoreboard.md"
	if bd.step > 1 {
		text += fmt.Sprintf(" -step %d", bd.step)
	}
	return text
}

// made lists what the board was made with.
func (bd *board) made() string {
	var b strings.Builder
	line := func(what, which string) { fmt.Fprintf(&b, "- %s: %s\n", what, which) }
	line("sigmac", bd.sigmac+", "+bd.golang)
	line("pySigma", bd.pySigma+", its queries as they were recorded")
	rules := "the folders `rules*`, " + thousands(bd.rules) + " rules"
	if bd.step > 1 {
		rules += fmt.Sprintf(" (only every %d-th)", bd.step)
	}
	line("SigmaHQ", fmt.Sprintf("commit %s: %s, of which %d have recorded events, %d in all", bd.corpus, rules, bd.withEvents, bd.events))
	used := make(map[string]bool)
	for _, x := range bd.batches {
		if s := &x.scores[sigmac]; s.acceptedBy != "" && x.parser != "" {
			used[s.acceptedBy] = true
		}
		for _, run := range x.scores[sigmac].onEngine {
			if run.version != "" {
				used[run.version] = true
			}
		}
	}
	engines := strings.Join(slices.Sorted(maps.Keys(used)), "; ")
	if engines == "" {
		engines = "none is installed"
	}
	line("Engines and parsers", engines)
	return b.String()
}

// markdown writes a table.
func markdown(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, r := range rows {
		for i := range r {
			r[i] = strings.ReplaceAll(r[i], "|", "\\|")
		}
		line(r)
	}
	return b.String()
}

// table makes a row for each conversion and converter: the name of the conversion,
// that of the converter, and the cells that of gives.
func (bd *board) table(head []string, of func(b *batch, s *score) []string) string {
	var rows [][]string
	for _, b := range bd.batches {
		for who := range converters {
			s := &b.scores[who]
			row := []string{"`" + b.String() + "`", who.String()}
			if s.absent != "" {
				row = append(row, s.absent)
				row = append(row, slices.Repeat([]string{"-"}, len(head)-1)...)
			} else {
				row = append(row, of(b, s)...)
			}
			rows = append(rows, row)
		}
	}
	return markdown(append([]string{"target and pipelines", "converter"}, head...), rows)
}

// summary is the table for the README: sigmac's numbers, a slash and pySigma's.
func (bd *board) summary() string {
	var rows [][]string
	for _, b := range bd.batches {
		rows = append(rows, bd.summaryRow(b, false))
		if b.folding {
			rows = append(rows, bd.summaryRow(b, true))
		}
	}
	return markdown([]string{"sigmac / pySigma", "converted, of " + thousands(bd.rules), "accepted by the parser",
		fmt.Sprintf("right on recorded events, of %d", bd.withEvents), "right on synthesised events", "wrong there, as a warning says"}, rows)
}

// summaryRow is a row of the summary: for the index that compares case, or for
// that which folds it.
func (bd *board) summaryRow(b *batch, folds bool) []string {
	name := "`" + b.String() + "`"
	if folds {
		name += ", index that folds case"
	}
	var of [5][converters]string
	for who := range converters {
		s := &b.scores[who]
		recorded, made := &s.recorded, &s.made
		if folds {
			recorded, made = &s.folded, &s.madeFold
		}
		for i, c := range []cell{
			{n: s.converted}, {n: s.accepted.n, why: s.accepted.why},
			{n: recorded.of[right], why: s.unplayed}, {n: made.of[right], why: s.unmade}, {n: made.of[warned], why: s.unmade},
		} {
			of[i][who] = c.short(s.absent)
		}
	}
	row := []string{name}
	for _, pair := range of {
		row = append(row, either(pair[sigmac], pair[pySigma]))
	}
	return row
}

// either returns both numbers, or one word where both were not measured.
func either(ours, theirs string) string {
	if ours == unmeasured && theirs == unmeasured {
		return unmeasured
	}
	return ours + " / " + theirs
}

// recordedCell is how many of the rules with recorded events are right by the
// reader.
func (s *score) recordedCell(of int) cell {
	return cell{n: s.recorded.of[right], of: of, why: s.unplayed}
}

// madeCell is how many of the converted rules are right on synthesised events.
func (s *score) madeCell() cell {
	return cell{n: s.made.of[right], of: s.made.sum() - s.made.of[unwritten], why: s.unmade}
}

// converted is what is converted, and what is said of it.
func (bd *board) converted() string {
	head := []string{"converted", "without a warning", "with a warning", "not converted"}
	return bd.table(head, func(_ *batch, s *score) []string {
		return []string{cell{n: s.converted, of: s.rules}.String(), thousands(s.silent), s.warned.String(), s.unsaid.String()}
	})
}

// accepted is what the parsers accept, and why they refuse what they do not.
func (bd *board) accepted() string {
	head := []string{"accepted", "by", "refused", "refused by sigmac's reader"}
	out := bd.table(head, func(_ *batch, s *score) []string {
		read := cell{n: s.made.of[refused], why: s.unmade}.short("")
		if s.accepted.why != "" {
			return []string{s.accepted.String(), "", unmeasured, read}
		}
		return []string{s.accepted.String(), s.acceptedBy, thousands(s.accepted.of - s.accepted.n), read}
	})
	for _, b := range bd.batches {
		for who := range converters {
			out += reasons(fmt.Sprintf("\nRefused of %s's queries, `%s`:\n\n", who, b), b.scores[who].refused)
		}
	}
	return out
}

// mostReasons is how many reasons are shown for the refusals of a conversion.
const mostReasons = 8

// reasons lists the most frequent reasons; nothing where there are none.
func reasons(head string, c counts) string {
	if len(c) == 0 {
		return ""
	}
	out, rest := head, c.sum()
	for i, name := range c.sorted() {
		if i == mostReasons {
			return out + fmt.Sprintf("- %s: others\n", thousands(rest))
		}
		out += fmt.Sprintf("- %s: %s\n", thousands(c[name]), code(name))
		rest -= c[name]
	}
	return out
}

// code returns a text as code.
func code(text string) string { return "`" + strings.ReplaceAll(text, "`", "'") + "`" }

// recorded is how queries do on recorded events, read back and on engines.
func (bd *board) recorded() string {
	var rows [][]string
	refusals := ""
	for _, b := range bd.batches {
		if !b.plain() {
			continue
		}
		for who := range converters {
			s := &b.scores[who]
			for _, r := range bd.recordedRows(b, s) {
				rows = append(rows, append([]string{"`" + b.String() + "`", who.String()}, r...))
			}
			for _, run := range s.onEngine {
				refusals += reasons(fmt.Sprintf("\nRefused of %s's queries, `%s`, by %s:\n\n", who, b, run), run.refused)
			}
		}
	}
	return markdown([]string{"target", "converter", "run by", "exactly the events that the rule matches", "the rest"}, rows) + refusals +
		"\nWith pipelines nothing is run: the recorded events have the names that the rules have.\n"
}

// recordedRows are the rows of one converter: who ran its queries, how many were
// right, and what became of the rest.
func (bd *board) recordedRows(b *batch, s *score) [][]string {
	if s.absent != "" {
		return [][]string{{"-", s.absent, ""}}
	}
	rows := [][]string{{"sigmac's reader", s.recordedCell(bd.withEvents).String(), s.recorded.rest()}}
	if b.folding {
		c := cell{n: s.folded.of[right], of: bd.withEvents}
		rows = append(rows, []string{"sigmac's reader, an index that folds case", c.String(), s.folded.rest()})
	}
	for _, run := range s.onEngine {
		rows = append(rows, []string{run.String(), run.exact.String(), refusedOnEngine(run)})
	}
	if b.runners == nil {
		c := cell{why: "there is none that runs the language outside its product"}
		rows = append(rows, []string{"an engine", c.String(), ""})
	}
	return rows
}

// refusedOnEngine says how many rules have a query that the engine refused.
func refusedOnEngine(run engineRun) string {
	if n := run.refused.sum(); n > 0 {
		return thousands(n) + " refused"
	}
	return ""
}

// synthesised is what became of all rules on synthesised events.
func (bd *board) synthesised() string {
	head := []string{"right", "the rest", "right on an index that folds case", "events"}
	return bd.table(head, func(b *batch, s *score) []string {
		if s.unmade != "" {
			return []string{s.madeCell().String(), "", "", ""}
		}
		folds := "the language decides"
		if b.folding {
			folds = cell{n: s.madeFold.of[right], of: s.madeFold.sum() - s.madeFold.of[unwritten]}.String()
			if rest := s.madeFold.rest(); rest != "" {
				folds += "; " + rest
			}
		}
		return []string{s.madeCell().String(), s.made.rest(), folds, thousands(s.made.events)}
	})
}

// verdictNames are how the board calls what is not right.
var verdictNames = [verdicts]string{
	barren: "without an event that the rule matches", warned: "wrong as a warning says", caseOnly: "wrong in case only", wrong: "wrong", constant: "wrong, and a part compares constants",
	refused: "refused by the reader", unread: "not known to the reader", untried: "without events", unwritten: "not converted",
}

// rest says what became of the rules that are not right.
func (t *tally) rest() string {
	var parts []string
	for v := right + 1; v < verdicts; v++ {
		if n := t.of[v]; n > 0 {
			parts = append(parts, thousands(n)+" "+verdictNames[v])
		}
	}
	return strings.Join(parts, ", ")
}

// String returns the numbers with their names, "none" where there are none.
func (c counts) String() string {
	if len(c) == 0 {
		return "none"
	}
	var parts []string
	for _, name := range c.sorted() {
		parts = append(parts, thousands(c[name])+" "+name)
	}
	return strings.Join(parts, ", ")
}

// thousands returns a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
