package splunkread

import "strings"

// A stage is one command of a query.
type stage struct {
	off     int    // of the command's name, or of its first argument where the name is implied
	command string // its name
	args    string // what stands behind it, up to the next pipe
	argsOff int
}

// split takes a query apart at its pipes. "The first whitespace-delimited
// string after each pipe character controls the command used. The remainder of
// the text for each command is handled in a manner specific to the given
// command" (SM, "Anatomy of a search").
func split(query string) ([]stage, error) {
	var stages []stage
	off := skipSpace(query, 0)
	if off == len(query) {
		return nil, refused(0, "the query is empty")
	}
	implied := query[off] != '|' // "At the beginning of a search pipeline, the search command is implied" (SM, "Search command primer")
	if !implied {
		off++
	}
	for {
		s, end, err := nextStage(query, off, implied)
		if err != nil {
			return nil, err
		}
		if err := mayStand(&s, len(stages) == 0, implied); err != nil {
			return nil, err
		}
		stages = append(stages, s)
		if end == len(query) {
			return stages, nil
		}
		off, implied = end+1, false
	}
}

// mayStand checks that a command may stand at the beginning of a query, which
// it does behind a pipe unless it is implied, or behind another one.
func mayStand(s *stage, first, implied bool) error {
	switch s.command {
	case "from", "tstats":
		if !first {
			return refused(s.off, "%s generates events: it is the first command of a query", s.command)
		}
		return nil
	}
	if !first || implied {
		return nil
	}
	switch s.command {
	case "where", "regex", "rex", "table", "fields", "rename", "convert":
		return refused(s.off, "%s has no events to work on: a query begins with a search, or with | and a command that generates events", s.command)
	case "eval":
		// "If the search begins with an eval command it will return no results.
		// makeresults is implicitly injected" (SPEC, searchbnf.conf).
		return foreign(s.off, "eval at the beginning of a query is not read")
	}
	return nil
}

// nextStage reads the command at off and returns the end of its arguments.
func nextStage(query string, off int, implied bool) (s stage, end int, err error) {
	s.off = skipSpace(query, off)
	s.argsOff = s.off
	name := s.off
	for name < len(query) && isWordByte(query[name]) {
		name++
	}
	word := query[s.off:name]
	switch {
	case implied && !(word == "search" && name < len(query) && isSpace(query[name])):
		s.command = "search"
	case word != "":
		s.command, s.argsOff = word, skipSpace(query, name)
	case s.off == len(query) || query[s.off] == '|':
		return s, 0, refused(s.off, "a command is missing behind a pipe")
	case query[s.off] == '`' || query[s.off] == '[':
		return s, 0, foreign(s.off, "a macro or subsearch is not read")
	default:
		return s, 0, refused(s.off, "behind a pipe stands the name of a command")
	}
	end, err = stageEnd(query, s.argsOff, s.command == "where" || s.command == "eval")
	if err == nil {
		s.args = query[s.argsOff:end]
	}
	return s, end, err
}

// stageEnd returns the offset of the pipe that ends the arguments at off, or
// the length of the query. A pipe between quotes is none. single says that
// single quotes are quotes, as they are round the names of fields in
// expressions (SR, where).
func stageEnd(query string, off int, single bool) (int, error) {
	for i := off; i < len(query); i++ {
		switch c := query[i]; {
		case c == '|':
			return i, nil
		case c == '\\':
			i++
		case c == '"':
			end, ok := stringEnd(query, i)
			if !ok {
				return 0, refused(i, "the quote is not closed; a backslash before a quote is written twice")
			}
			i = end - 1
		case c == '\'' && single:
			n := strings.IndexByte(query[i+1:], '\'')
			if n < 0 {
				return 0, refused(i, "the single quote is not closed")
			}
			i += n + 1
		}
	}
	return len(query), nil
}

// stringEnd returns the offset behind the string that begins at off with a
// double quote. A backslash takes the character behind it along, whatever the
// string is decoded to.
func stringEnd(text string, off int) (end int, ok bool) {
	for i := off + 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1, true
		case '\\':
			i++
		}
	}
	return 0, false
}

func skipSpace(text string, off int) int {
	for off < len(text) && isSpace(text[off]) {
		off++
	}
	return off
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
