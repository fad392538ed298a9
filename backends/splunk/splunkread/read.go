package splunkread

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The limits on a query. SPL has none that would be lower.
const (
	maxQuery = 1 << 20 // bytes
	maxDepth = 200     // parentheses and negations inside each other
	maxTree  = 1 << 18 // tests in the tree that is made of the query
	// A list of IN is one token.
	maxTokens = 1 << 17
)

// A Reading is one way to understand what Splunk's documents tell both ways or
// leave open. The zero Reading is what they say where they say something.
type Reading struct {
	// AndFirst makes AND bind more tightly than OR in the search clause, as
	// reports from the field have it. The manual says the opposite: "The search
	// command evaluates OR before AND" (SM, "Boolean expressions with logical
	// operators").
	AndFirst bool

	// RawRegexps takes regular expressions as they stand between the quotes, as
	// SM, "SPL and regular expressions" reads. Otherwise the string is decoded
	// first, as SR, search, and the searches that Splunk ships have it.
	RawRegexps bool

	// NullSpreads makes AND and OR in where NULL where one side is, even beside
	// a side that decides. How NULL combines is not documented.
	NullSpreads bool

	// StarNeedsText makes f=* find fields with some text only. Whether it finds
	// an empty value is not documented.
	StarNeedsText bool

	// StarInWord keeps a star between other characters of the search clause
	// from standing for punctuation: there it "might return inconsistent
	// results" (SM, "Wildcards").
	StarInWord bool

	// Unfilled leaves the fields of a data model out where an event lacks them.
	// The manual of the Common Information Model gives most of them the value
	// unknown; whether that is so for each that its app computes, it does not
	// say.
	Unfilled bool
}

// Readings returns the zero Reading, each one that differs from it in one
// thing, and the one that differs in all.
func Readings() []Reading {
	return []Reading{
		{}, {AndFirst: true}, {RawRegexps: true}, {NullSpreads: true}, {StarNeedsText: true}, {StarInWord: true}, {Unfilled: true},
		{AndFirst: true, RawRegexps: true, NullSpreads: true, StarNeedsText: true, StarInWord: true, Unfilled: true},
	}
}

// Read reads a query as the zero Reading does. It is the readback.Reader of
// SPL.
func Read(query string, o readback.Options) (*readback.Query, error) {
	return Reading{}.Read(query, o)
}

// Read reads a query. Of the options, Column is asked for the types of fields;
// Splunk does not mind a field that does not exist.
func (r Reading) Read(query string, o readback.Options) (*readback.Query, error) {
	switch {
	case len(query) > maxQuery:
		return nil, foreign(maxQuery, "the query has %d bytes; %d are the most", len(query), maxQuery)
	case !utf8.ValidString(query):
		return nil, foreign(0, "the query is not UTF-8")
	}
	stages, err := split(query)
	if err != nil {
		return nil, err
	}
	rd := &reader{Reading: r, options: o, fields: make(map[string]value)}
	for i := range stages {
		if err := rd.stage(&stages[i]); err != nil {
			return nil, err
		}
	}
	return &readback.Query{Table: rd.index, Where: all(rd.where)}, nil
}

// A reader goes through the commands of one query.
type reader struct {
	Reading
	options readback.Options
	where   []readback.Expr  // what each command so far demands of an event
	fields  map[string]value // the fields that commands computed
	index   string           // the index that the query names
	dataset *dataset         // of the data model that the query is about, nil for none
	size    int              // tests so far
	tokens  int              // tokens so far
	done    string           // the command that chose columns, behind which none may follow
}

// stage reads one command.
func (rd *reader) stage(s *stage) error {
	if rd.done != "" && !onlyColumns[s.command] {
		return foreign(s.off, "a command behind %s is not read", rd.done)
	}
	var e readback.Expr
	var err error
	switch s.command {
	case "search":
		e, err = rd.search(s.args, s.argsOff)
		rd.nameIndex(e)
	case "where":
		e, err = rd.whereClause(s.args, s.argsOff)
	case "regex":
		e, err = rd.regex(s.args, s.argsOff)
	case "rex":
		return rd.rex(s.args, s.argsOff)
	case "eval":
		return rd.eval(s.args, s.argsOff)
	case "from":
		return rd.from(s.args, s.argsOff)
	case "tstats":
		return rd.tstats(s.args, s.argsOff)
	case "table", "fields", "rename", "convert":
		return rd.columns(s)
	default:
		return foreign(s.off, "the command %q is not read", s.command)
	}
	if err == nil {
		e, err = rd.settle(e, s.argsOff)
	}
	if err == nil {
		rd.where = append(rd.where, e)
	}
	return err
}

// onlyColumns are the commands that choose, name and write columns.
var onlyColumns = map[string]bool{"table": true, "fields": true, "rename": true, "convert": true}

// columns reads a command that chooses columns: it keeps all events.
func (rd *reader) columns(s *stage) error {
	if strings.TrimSpace(s.args) == "" {
		return refused(s.argsOff, "%s without fields", s.command)
	}
	if i := strings.IndexAny(s.args, "[`("); i >= 0 && s.command != "convert" {
		return foreign(s.argsOff+i, "a macro, subsearch or function is not read")
	}
	rd.done = s.command
	return nil
}

// grow counts tests, which conditions inside of conditions can multiply.
func (rd *reader) grow(off, tests int) error {
	rd.size += tests
	if rd.size > maxTree {
		return foreign(off, "the query has more than %d tests", maxTree)
	}
	return nil
}

// all returns the expression that is Yes where all parts are.
func all(parts []readback.Expr) readback.Expr {
	if len(parts) == 1 {
		return parts[0]
	}
	return readback.And(parts)
}

// oneOf returns the expression that is Yes where one part is.
func oneOf(parts []readback.Expr) readback.Expr {
	if len(parts) == 1 {
		return parts[0]
	}
	return readback.Or(parts)
}

// refused is the error of a query that Splunk refuses.
func refused(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...)}
}

// foreign is the error of a query that may be right, which this package cannot
// say.
func foreign(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...), Foreign: true}
}
