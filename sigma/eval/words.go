package eval

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// String returns the explanation for people: a line a part of the condition,
// then the change.
func (x *Explanation) String() string {
	var b strings.Builder
	verdict := "does not match"
	if x.Matched {
		verdict = "matches"
	} else if x.Undecided {
		verdict = "is not decided"
	}
	fmt.Fprintf(&b, "the rule %q %s\n", x.Title, verdict)
	for _, s := range x.Where {
		s.write(&b, 1, x.File)
	}
	if len(x.Changes) > 0 {
		b.WriteString("\nit would turn with\n")
	}
	for _, c := range x.Changes {
		field := c.Field
		if field == "" {
			field = "the event"
		}
		fmt.Fprintf(&b, "  %s: %s%s%s\n", field, c.Want, where(x.File, c.Line, 0), c.example())
	}
	return b.String()
}

// example returns what the field could be.
func (c *Change) example() string {
	switch {
	case c.Remove && c.Field == "":
		return ""
	case c.Remove:
		return ", such as without the field"
	case len(c.Values) == 0:
		return ", such as null"
	}
	return ", such as " + quotedList(c.Values)
}

func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, v := range texts {
		quoted[i] = strconv.Quote(v)
	}
	return strings.Join(quoted, ", ")
}

// where returns the place of a test, in parentheses.
func where(file string, line, column int) string {
	if line == 0 {
		return ""
	}
	place := file + ":" + strconv.Itoa(line)
	if column > 0 {
		place += ":" + strconv.Itoa(column)
	}
	return " (" + place + ")"
}

// maxPrinted is how many parts of a list that failed are printed.
const maxPrinted = 8

func (s *Step) write(b *strings.Builder, depth int, file string) {
	mark := "- "
	if s.undecided() {
		mark = "? "
	} else if s.Passed {
		mark = "+ "
	}
	b.WriteString(strings.Repeat("  ", depth) + mark)
	switch s.Kind {
	case TestStep:
		s.writeTest(b, file)
	case SearchStep:
		b.WriteString(s.Name + "\n")
	case AlwaysStep:
		b.WriteString(strconv.FormatBool(s.Passed) + "\n")
	case NotStep:
		b.WriteString("not\n")
	default:
		b.WriteString(string(s.Kind) + " of\n")
	}
	printed := 0
	for _, p := range s.Parts {
		if !p.Passed && printed >= maxPrinted && len(s.Parts) > maxPrinted+1 {
			continue
		}
		printed++
		p.write(b, depth+1, file)
	}
	if left := len(s.Parts) - printed; left > 0 {
		fmt.Fprintf(b, "%s- and %d more\n", strings.Repeat("  ", depth+1), left)
	}
}

func (s *Step) writeTest(b *strings.Builder, file string) {
	field := s.Field
	if field == "" {
		field = "the event"
	}
	b.WriteString(field + " " + s.Want)
	switch {
	case s.Field == "":
	case s.Absent:
		b.WriteString("; the event has no such field")
	case len(s.Seen) == 0:
		b.WriteString("; it is null")
	default:
		b.WriteString("; it is " + quotedList(s.Seen))
	}
	if s.Error != "" {
		b.WriteString("; the answer is not known: " + s.Error)
	}
	b.WriteString(where(file, s.Line, s.Column) + "\n")
}

// Describe says in words what a test asks of its field.
func Describe(t ir.Test, field string) string {
	switch t := t.(type) {
	case *ir.Text:
		return describeText(t, field == "")
	case *ir.Regexp:
		return "matches /" + t.Source + "/" + t.Flags()
	case *ir.CIDR:
		return "lies in " + t.Prefix.String()
	case *ir.Compare:
		if t.Op == ir.Eq {
			return "is the number " + string(t.Number)
		}
		return "is a number " + t.Op.String() + " " + string(t.Number)
	case *ir.Bool:
		return "is " + strconv.FormatBool(t.Value)
	case *ir.Null:
		return "is absent or null"
	case *ir.Exists:
		if t.Want {
			return "exists"
		}
		return "does not exist"
	case *ir.FieldRef:
		return refWords[t.Shape] + " the value of field " + t.Field + caseWords(t.Cased)
	case *ir.TimePart:
		return fmt.Sprintf("is a time whose %s %s %s", t.Part, t.Op, t.Number)
	}
	return ""
}

var refWords = [...]string{ir.Exact: "equals", ir.Prefix: "begins with", ir.Suffix: "ends with", ir.Substring: "contains"}

func caseWords(cased bool) string {
	if cased {
		return ", case as written"
	}
	return ""
}

func describeText(t *ir.Text, keyword bool) string {
	shape, text := t.Pattern.Shape()
	words := ""
	switch shape {
	case ir.Exact:
		words = "equals"
		if text == "" {
			return "is the empty text"
		}
	case ir.Prefix:
		words = "begins with"
	case ir.Suffix:
		words = "ends with"
	case ir.Substring:
		words = "contains"
	case ir.Any:
		return "has a value"
	default:
		words, text = "is like", t.Pattern.String()
	}
	if keyword {
		words = "has a value that " + words
	}
	return words + " " + strconv.Quote(text) + caseWords(t.Cased)
}
