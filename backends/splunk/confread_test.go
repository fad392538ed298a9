package splunk_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// This file reads .conf files, by what Splunk's own readers in Python do: that
// of AppInspect 4.3 (configuration_parser.py), which joins all lines, comments
// included, and that of the packaging toolkit 1.2 (slim/app/_configuration.py),
// which does not join comments. What the two read differently is a mistake of
// whoever wrote the file, and so is what AppInspect reports.

// A stanza is one of a .conf file, with its settings in their order.
type stanza struct {
	name   string
	keys   []string
	values map[string]string
}

// readConf reads a .conf file. An error is something that one of the readers
// would report, or that they read differently.
func readConf(text string) ([]stanza, error) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }) {
		return nil, fmt.Errorf("it is no UTF-8, or has control characters")
	}
	if strings.ContainsAny(text, "\u2028\u2029") {
		return nil, fmt.Errorf("it has what may be a line break")
	}
	var out []stanza
	seen := make(map[string]bool)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 {
		line := strings.TrimLeftFunc(lines[0], unicode.IsSpace)
		if line == "" || line[0] == '#' || line[0] == ';' {
			if continues.MatchString(line) {
				return nil, fmt.Errorf("the comment %q goes on for one reader only", line)
			}
			lines = lines[1:]
			continue
		}
		item, rest, err := joined(lines)
		if err != nil {
			return nil, err
		}
		lines = rest
		if line[0] == '[' {
			name, ok := strings.CutSuffix(strings.TrimPrefix(item, "["), "]")
			if !ok || strings.ContainsAny(name, "[]\n") || name == "" || seen[strings.ToLower(name)] {
				return nil, fmt.Errorf("the stanza %q has brackets or line breaks in its name, no end, or is there twice", item)
			}
			seen[strings.ToLower(name)] = true
			out = append(out, stanza{name: name, values: make(map[string]string)})
			continue
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("%q stands before the first stanza", item)
		}
		if err := out[len(out)-1].read(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// continues is what AppInspect takes for a line that goes on.
var continues = regexp.MustCompile(`\\[\s\p{Z}]*$`)

// joined joins the first of some lines with those in which it goes on.
func joined(lines []string) (item string, rest []string, err error) {
	var b strings.Builder
	for i, line := range lines {
		if !continues.MatchString(line) {
			return b.String() + line, lines[i+1:], nil
		}
		if !strings.HasSuffix(line, `\`) {
			return "", nil, fmt.Errorf("white space stands behind the backslash of %q", line)
		}
		if strings.HasSuffix(line, `\\`) {
			return "", nil, fmt.Errorf("%q ends with two backslashes, of which some reader might make one", line)
		}
		b.WriteString(strings.TrimSuffix(line, `\`) + "\n")
	}
	return "", nil, fmt.Errorf("the last line goes on")
}

// read reads a setting into the stanza.
func (s *stanza) read(item string) error {
	key, value, ok := strings.Cut(item, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" || strings.ContainsFunc(key, unicode.IsSpace) {
		return fmt.Errorf("%q is no setting", item)
	}
	if _, twice := s.values[key]; twice {
		return fmt.Errorf("[%s] has %s twice", s.name, key)
	}
	s.keys = append(s.keys, key)
	s.values[key] = strings.TrimSpace(value)
	return nil
}

func TestReadConf(t *testing.T) {
	got, err := readConf("# c\n[a b]\nk = v \\\n# x\\\n[y]\n\n[c]\nk=\n")
	if err != nil || fmt.Sprint(got) != "[{a b [k] map[k:v \n# x\n[y]]} {c [k] map[k:]}]" {
		t.Errorf("%q, %v", got, err)
	}
	for _, wrong := range []string{"k = v\n", "[a]\nk v\n", "[a]\nk = v\\", "[a]\nk = v\\ \nx\n", "[a]\nk = v\nk = w\n", "[a]\n[A]\n", "[a]]\n", "# c\\\n[a]\n", "[a]\nk = a\x00\n", "[a]\nk = \\\\\nb\n"} {
		if got, err := readConf(wrong); err == nil {
			t.Errorf("%q: %q", wrong, got)
		}
	}
}
