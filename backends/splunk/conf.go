package splunk

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How a .conf file is read. There is no grammar of it; Splunk's own readers in
// Python, those of AppInspect (configuration_parser.py) and of the packaging
// toolkit (slim/app/_configuration.py), agree on this:
//
//   - a line that ends with a backslash goes on in the next one, with the line
//     break in place of the backslash;
//   - "#", ";" and "[" mean something at the begin of a line that none goes on in;
//   - a setting is a name without spaces, "=" and a value, without the white
//     space round it;
//   - nothing else is special, and nothing can be escaped.
//
// They differ where white space stands behind the last backslash of a line. So
// a value cannot end with a backslash, and what is written here has none before
// the one that says that the line goes on, lest some reader takes the two for
// one that is escaped.

// A conf is the text of a .conf file while it is written.
type conf struct{ strings.Builder }

// stanza begins a stanza. The name is one of confName, or fixed.
func (c *conf) stanza(name string) {
	if c.Len() > 0 {
		c.WriteByte('\n')
	}
	c.WriteString("[" + name + "]\n")
}

// set writes a setting. The value is one of confText, or has no line breaks.
func (c *conf) set(name, value string) {
	c.WriteString(name)
	c.WriteString(" =")
	if value != "" {
		c.WriteString(" ")
		c.WriteString(strings.ReplaceAll(value, "\n", "\\\n"))
	}
	c.WriteByte('\n')
}

// confText returns a text as a value of a .conf file can hold it, and what had
// to be changed beside white space at its ends and the spelling of line breaks;
// nil where nothing had to.
func confText(text string) (value string, changed []string) {
	value = lineBreaks.Replace(text)
	note := func(now, what string) {
		if now != value {
			changed = append(changed, what)
			value = now
		}
	}
	note(strings.ToValidUTF8(value, string(utf8.RuneError)), "what is no UTF-8 became U+FFFD")
	note(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, value), "control characters became U+FFFD")
	value = strings.TrimSpace(value)
	note(strings.ReplaceAll(value, "\\\n", "\\ \n"), "lines that ended with a backslash end with a space behind it")
	if strings.HasSuffix(value, `\`) {
		note(value+".", "a full stop stands behind the backslash at the end")
	}
	return value, changed
}

// lineBreaks makes one kind of line break of those that some reader knows.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// confExact returns a text as a value of a .conf file, or an error where the
// value would be another.
func confExact(text string) (string, error) {
	value, changed := confText(text)
	if len(changed) == 0 && value != strings.TrimSpace(text) {
		changed = []string{"line breaks other than U+000A became such"}
	}
	if len(changed) > 0 {
		return "", fmt.Errorf("a .conf file cannot hold it: %s", strings.Join(changed, ", "))
	}
	return value, nil
}

// confName returns a text as the name of a stanza: one line, without brackets,
// which end it for one reader and not for the other, and not the name of the
// stanza that is about all others. The second result says what was changed
// beside white space at the ends.
func confName(text string) (name string, changed []string) {
	name = strings.TrimSpace(lineBreaks.Replace(text))
	note := func(now, what string) {
		if now != name {
			changed = append(changed, what)
			name = now
		}
	}
	note(strings.ReplaceAll(name, "\n", " "), "line breaks became spaces")
	note(strings.ToValidUTF8(name, string(utf8.RuneError)), "what is no UTF-8 became U+FFFD")
	note(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, name), "control characters became U+FFFD")
	note(strings.NewReplacer("[", "(", "]", ")").Replace(name), "square brackets became round ones")
	note(strings.TrimRightFunc(name, func(r rune) bool { return r == '\\' || unicode.IsSpace(r) }), "backslashes at the end are gone")
	name = strings.TrimSpace(name)
	switch strings.ToLower(name) {
	case "":
		note("rule", "a search needs a name")
	case "default":
		note("Rule "+name, "the stanza [default] is about all searches")
	}
	return name, changed
}

// confKey is what the names of settings look like.
var confKey = regexp.MustCompile(`\A[A-Za-z_][A-Za-z0-9_.:-]*\z`)
