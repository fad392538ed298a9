package pipeline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A simpleTemplate is a text with names in braces, as Python's str.format has
// them: {query}, {rule.title}, {pipeline.state[index]}, {rule.title:>20}.
type simpleTemplate []field

// A field is a piece of such a text.
type field struct {
	text string   // plain, where path is nil
	path []string // a name, then attributes as ".name" and items as "[key"
	repr bool     // !r
	spec spec
}

// A spec is how a value is padded.
type spec struct {
	fill      rune
	align     byte // < > ^
	width     int
	precision int // -1: all of it
}

func makeSimpleTemplate(p *params) postprocessor {
	n := p.need("template")
	text := p.scalar(n, "template")
	t, err := parseSimple(text)
	if n != nil && err != nil {
		p.fail(p.at(n), sigma.BadPipeline, "{{ and }} are single braces", `"template" is no format: %s`, err)
	}
	return t
}

// parseSimple reads a format.
func parseSimple(text string) (simpleTemplate, error) {
	var out simpleTemplate
	var plain strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			plain.WriteString(text)
			break
		}
		plain.WriteString(text[:i])
		c, rest := text[i], text[i+1:]
		if strings.HasPrefix(rest, string(c)) {
			plain.WriteByte(c)
			text = rest[1:]
			continue
		}
		end := strings.IndexByte(rest, '}')
		if c == '}' || end < 0 {
			return nil, fmt.Errorf("a single %q", c)
		}
		f, err := parseField(rest[:end])
		if err != nil {
			return nil, fmt.Errorf("{%s}: %w", rest[:end], err)
		}
		out = append(out, field{text: plain.String()}, f)
		plain.Reset()
		text = rest[end+1:]
	}
	return append(out, field{text: plain.String()}), nil
}

// parseField reads what stands between braces.
func parseField(text string) (field, error) {
	f := field{}
	text, format, _ := strings.Cut(text, ":")
	text, conversion, converted := strings.Cut(text, "!")
	if f.repr = conversion == "r"; converted && conversion != "r" && conversion != "s" {
		return f, fmt.Errorf("there is no conversion %q; there are r and s", conversion)
	}
	var err error
	if f.spec, err = parseSpec(format); err != nil {
		return f, err
	}
	end := strings.IndexAny(text, ".[")
	if end < 0 {
		end = len(text)
	}
	f.path = []string{text[:end]}
	switch text[:end] {
	case "query", "rule", "pipeline":
	default:
		return f, errors.New(near(text[:end], []string{"query", "rule", "pipeline"}, "there are query, rule and pipeline"))
	}
	for text = text[end:]; text != ""; {
		var part string
		switch text[0] {
		case '.':
			end := strings.IndexAny(text[1:], ".[") + 1
			if end == 0 {
				end = len(text)
			}
			part, text = text[:end], text[end:]
		case '[':
			end := strings.IndexByte(text, ']')
			if end < 0 {
				return f, errors.New("a bracket is not closed")
			}
			part, text = text[:end], text[end+1:]
		default:
			return f, fmt.Errorf("%q stands behind a bracket", text)
		}
		if len(part) == 1 {
			return f, errors.New("a name is empty")
		}
		f.path = append(f.path, part)
	}
	return f, nil
}

// parseSpec reads [[fill]align][width][.precision][s].
func parseSpec(text string) (spec, error) {
	s := spec{fill: ' ', align: '<', precision: -1}
	wrong := fmt.Errorf("there is no format %q; what texts can have is such as >20", text)
	if r, n := utf8.DecodeRuneInString(text); n > 0 && len(text) > n && strings.IndexByte("<>^", text[n]) >= 0 {
		s.fill, s.align, text = r, text[n], text[n+1:]
	} else if text != "" && strings.IndexByte("<>^", text[0]) >= 0 {
		s.align, text = text[0], text[1:]
	}
	text = strings.TrimSuffix(text, "s")
	width, precision, cut := strings.Cut(text, ".")
	for _, part := range []struct {
		text string
		to   *int
		need bool
	}{{width, &s.width, false}, {precision, &s.precision, cut}} {
		if part.text == "" && !part.need {
			continue
		}
		n, err := strconv.ParseUint(part.text, 10, 16)
		if err != nil {
			return s, wrong
		}
		*part.to = int(n)
	}
	return s, nil
}

func (t simpleTemplate) post(m *made) (string, error) {
	var b []byte
	for _, f := range t {
		if f.path == nil {
			b = append(b, f.text...)
			continue
		}
		text, err := f.value(m)
		if err != nil {
			return "", err
		}
		b = append(b, f.spec.pad(text)...)
		if len(b) > maxQuery {
			return "", pydata.ErrTooLong
		}
	}
	return string(b), nil
}

// value returns the text of the value that a field names.
func (f field) value(m *made) (string, error) {
	var v any
	switch f.path[0] {
	case "query":
		v = m.query
	case "rule":
		v = ruleObject(m.rule)
	case "pipeline":
		v = m.pipeline()
	}
	name := f.path[0]
	for _, part := range f.path[1:] {
		var next any
		ok := false
		if part[0] == '.' {
			o, is := v.(*pydata.Object)
			if is {
				next, ok = o.Attrs.Get(part[1:])
			}
		} else {
			next, ok = pydata.Item(v, part[1:])
		}
		if !ok {
			return "", fmt.Errorf("%s has no %q", name, part[1:])
		}
		name, v = name+"."+part[1:], next
	}
	write := pydata.AppendString
	if f.repr {
		write = pydata.AppendRepr
	}
	text, err := write(nil, v, maxQuery)
	return string(text), err
}

// pad returns the text as wide as it is to be.
func (s spec) pad(text string) string {
	rs := []rune(text)
	if s.precision >= 0 && len(rs) > s.precision {
		rs = rs[:s.precision]
	}
	left, right := 0, max(s.width-len(rs), 0)
	switch s.align {
	case '>':
		left, right = right, 0
	case '^':
		left, right = right/2, right-right/2
	}
	fill := string(s.fill)
	return strings.Repeat(fill, left) + string(rs) + strings.Repeat(fill, right)
}
