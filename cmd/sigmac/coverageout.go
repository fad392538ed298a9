package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// columns returns the head of the columns. Those about firing are there where a
// target is named, and in files that programs read always.
func (c *coverage) columns(fire bool) []string {
	head := append([]string{"technique", "name", "tactics", "rules"}, levelNames()...)
	if fire {
		head = append(head, "fire", "in_part", "cannot")
	}
	return append(head, "score")
}

// cells returns the columns of a technique; nothing stands for none where blank
// is said.
func (c *coverage) cells(t *covering, fire, blank bool, tactics string) []string {
	number := func(n int) string {
		if n == 0 && blank {
			return ""
		}
		return strconv.Itoa(n)
	}
	row := []string{t.ID, t.label(), strings.Join(t.tacticNames(), tactics), number(len(t.rules))}
	levels := t.levels()
	for _, n := range levels[:len(levels)-1] { // the last are those without
		row = append(row, number(n))
	}
	switch {
	case fire && len(c.targets) > 0:
		row = append(row, number(t.works[whole]), number(t.works[inPart]), number(t.works[cannot]))
	case fire:
		row = append(row, "", "", "")
	}
	return append(row, number(t.score))
}

// writeCoverageTable writes columns that spaces align.
func writeCoverageTable(w io.Writer, c *coverage) error {
	fire := len(c.targets) > 0
	head := c.columns(fire)
	for i, name := range head {
		head[i] = strings.ToUpper(strings.ReplaceAll(name, "_", " "))
	}
	head[slices.Index(head, "INFORMATIONAL")] = "INFO"
	rows := []row{{columns: head}}
	for _, t := range c.techniques {
		rows = append(rows, row{columns: c.cells(t, fire, true, ",")})
	}
	return printColumns(w, rows)
}

// writeCoverageCSV writes a line a technique. All columns are always there; those
// about firing are empty where no target is named.
func writeCoverageCSV(w io.Writer, c *coverage) error {
	out := csv.NewWriter(w)
	_ = out.Write(c.columns(true)) // Error says it
	for _, t := range c.techniques {
		_ = out.Write(c.cells(t, true, false, ";"))
	}
	out.Flush()
	return out.Error()
}

// writeCoverageMarkdown writes a table whose techniques are links.
func writeCoverageMarkdown(w io.Writer, c *coverage) error {
	fire := len(c.targets) > 0
	head := c.columns(fire)
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s%s\n", strings.ReplaceAll(strings.Join(head, " | "), "_", " "),
		strings.Repeat(" --- |", 3), strings.Repeat(" ---: |", len(head)-3))
	for _, t := range c.techniques {
		row := c.cells(t, fire, false, ", ")
		row[0] = "[" + t.ID + "](" + t.URL() + ")"
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A coverageLine is a line of --format json. The keys, their order and their
// types are a promise to programs.
type coverageLine struct {
	Technique string         `json:"technique"`
	Name      string         `json:"name"`
	Parent    string         `json:"parent"` // the technique of a sub-technique, or ""
	State     string         `json:"state"`  // revoked, deprecated, or "" for what is of the version
	Tactics   []string       `json:"tactics"`
	URL       string         `json:"url"`
	Score     int            `json:"score"`
	Levels    map[string]int `json:"levels"`
	Works     map[string]int `json:"works,omitempty"` // yes, part and no, where a target is named
	Rules     []coverageRule `json:"rules"`
}

// A coverageRule is a rule in a coverageLine.
type coverageRule struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	Level  string `json:"level"`
	Status string `json:"status"`
	Works  string `json:"works,omitempty"`
}

// writeCoverageJSON writes an object a line.
func writeCoverageJSON(w io.Writer, c *coverage) error {
	enc := jsontext.NewEncoder(w)
	for _, t := range c.techniques {
		if err := enc.Encode(c.line(t)); err != nil {
			return err
		}
	}
	return nil
}

func (c *coverage) line(t *covering) coverageLine {
	l := coverageLine{
		Technique: t.ID, Name: t.Name, State: t.state(), Tactics: t.tacticNames(), URL: t.URL(), Score: t.score,
		Levels: make(map[string]int), Rules: []coverageRule{},
	}
	if t.Parent != nil {
		l.Parent = t.Parent.ID
	}
	names := append(levelNames(), "none")
	for i, n := range t.levels() {
		l.Levels[names[i]] = n
	}
	if len(c.targets) > 0 {
		l.Works = make(map[string]int)
		for w, n := range t.works {
			l.Works[works(w).String()] = n
		}
	}
	for _, r := range t.rules {
		rule := coverageRule{File: r.File, Line: r.Line, Kind: r.Kind, ID: r.ID, Title: r.Title, Level: r.Level, Status: r.Status}
		if len(c.targets) > 0 {
			rule.Works = r.works.String()
		}
		l.Rules = append(l.Rules, rule)
	}
	return l
}
