package kustoread

import (
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxArgs is how many arguments functions have that take any number.
const maxArgs = 65535

func number(n int) value { return ir.Number(strconv.Itoa(n)) }

func isNull(v value) bool {
	d, ok := v.(*dynamic)
	return v == nil || ok && (d == nil || string(d.raw) == "null")
}

func not(v value) value {
	if b, ok := v.(bool); ok {
		return !b
	}
	return nil
}

// iff takes the first value where the condition is true, else the second, also
// where it is null ("otherwise").
func iff(a []value) value {
	if a[0] == true {
		return a[1]
	}
	return a[2]
}

func caseOf(a []value) value {
	for i := 0; i+1 < len(a); i += 2 {
		if a[i] == true {
			return a[i+1]
		}
	}
	return a[len(a)-1]
}

// coalesce takes the first value that is not null; of strings the first that
// is not empty.
func coalesce(a []value) value {
	for _, v := range a {
		if !isNull(v) && v != "" {
			return v
		}
	}
	return a[len(a)-1]
}

func toNumber(a []value) value {
	switch v := a[0].(type) {
	case ir.Number:
		return v
	case bool:
		if v {
			return number(1)
		}
		return number(0)
	case string, *dynamic:
		return convert(textOf(v), realKind)
	}
	return nil
}

func toLong(a []value) value {
	n, ok := toNumber(a).(ir.Number)
	if _, text := a[0].(string); !ok || text && !n.IsInt() {
		return nil
	}
	return whole(n)
}

func toInt(a []value) value {
	n, ok := toLong(a).(ir.Number)
	if i, err := strconv.ParseInt(string(n), 10, 32); !ok || err != nil || i > math.MaxInt32 {
		return nil
	}
	return n
}

func toBool(a []value) value {
	switch v := a[0].(type) {
	case bool:
		return v
	case ir.Number:
		return v != "0"
	}
	return parseBool(textOf(a[0]))
}

func toTime(v value) value {
	if t, ok := v.(time.Time); ok {
		return t
	}
	return parseTime(textOf(v))
}

func toDynamic(a []value) value {
	if d, ok := a[0].(*dynamic); ok {
		return d
	}
	if d := parseJSON(textOf(a[0])); d != nil {
		return d
	}
	return nil
}

// toHex writes a number in small hexadecimal digits, a negative one as 64
// bits, with zeros up to at most 16 digits in front.
func toHex(a []value) value {
	n, ok := a[0].(ir.Number)
	i, err := strconv.ParseInt(string(n), 10, 64)
	if !ok || err != nil {
		return ""
	}
	s := strconv.FormatUint(uint64(i), 16)
	if len(a) > 1 {
		width, _ := a[1].(ir.Number)
		w, _ := strconv.Atoi(string(width))
		s = strings.Repeat("0", max(min(w, 16)-len(s), 0)) + s
	}
	return s
}

// join joins the texts of values, up to the length that texts have.
func join(a []value, sep string) value {
	var b strings.Builder
	for i, v := range a {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(textOf(v))
		if b.Len() > maxText {
			break
		}
	}
	return cut(b.String())
}

// cut bounds a text.
func cut(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

// substring counts characters; a negative start counts from the end.
func substring(a []value) value {
	s := []rune(textOf(a[0]))
	from, ok := position(a[1])
	if !ok {
		return ""
	}
	if from < 0 {
		from = max(len(s)+from, 0)
	}
	from = min(from, len(s))
	to := len(s)
	if len(a) > 2 {
		if n, ok := position(a[2]); ok && n >= 0 {
			to = min(from+n, to)
		}
	}
	return string(s[from:to])
}

// position returns a number that counts characters.
func position(v value) (int, bool) {
	n, ok := v.(ir.Number)
	i, err := strconv.ParseInt(string(n), 10, 32)
	return int(i), ok && err == nil
}

func indexOf(a []value) value {
	i := strings.Index(textOf(a[0]), textOf(a[1]))
	if i < 0 {
		return number(-1)
	}
	return number(utf8.RuneCountInString(textOf(a[0])[:i]))
}

func split(a []value) value {
	return dynamicOf(strings.Split(textOf(a[0]), textOf(a[1])))
}

// trim takes a match of the expression off the ends.
func trim(a []value, start, end bool) value {
	re, s := a[0].(*regexp.Regexp), textOf(a[1])
	if start {
		if at := re.FindStringIndex(s); at != nil && at[0] == 0 {
			s = s[at[1]:]
		}
	}
	if end {
		for _, at := range re.FindAllStringIndex(s, -1) {
			if at[1] == len(s) {
				s = s[:at[0]]
				break
			}
		}
	}
	return s
}

// extract returns the text of a group of the first match: the empty string
// where there is none, since strings have no null.
func extract(a []value) value {
	group, _ := position(a[1])
	found := a[0].(*regexp.Regexp).FindStringSubmatch(textOf(a[2]))
	text := ""
	if group >= 0 && group < len(found) {
		text = found[group]
	}
	if len(a) > 3 {
		return convert(text, a[3].(kind))
	}
	return text
}

func replaceString(a []value) value {
	s, old, with := textOf(a[0]), textOf(a[1]), textOf(a[2])
	if old == "" {
		return s
	}
	if n := strings.Count(s, old); len(s)+n*(len(with)-len(old)) > 2*maxText {
		return cut(s)
	}
	return cut(strings.ReplaceAll(s, old, with))
}

// replaceRegexp replaces all matches; \0 to \9 in the new text are the groups.
func replaceRegexp(a []value) value {
	s, re, with := textOf(a[0]), a[1].(*regexp.Regexp), textOf(a[2])
	var b strings.Builder
	done := 0
	for _, at := range re.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[done:at[0]])
		writeGroups(&b, with, s, at)
		done = at[1]
		if b.Len() > maxText {
			break
		}
	}
	b.WriteString(s[done:])
	return cut(b.String())
}

func writeGroups(b *strings.Builder, with, s string, at []int) {
	for i := 0; i < len(with); i++ {
		c := with[i]
		if c != '\\' || i+1 == len(with) {
			b.WriteByte(c)
			continue
		}
		i++
		if g := 2 * int(with[i]-'0'); isDigit(with[i]) {
			if g < len(at) && at[g] >= 0 {
				b.WriteString(s[at[g]:at[g+1]])
			}
			continue
		}
		b.WriteByte(with[i])
	}
}

func decodeBase64(a []value) value {
	out, err := base64.StdEncoding.DecodeString(textOf(a[0]))
	if err != nil || !utf8.Valid(out) {
		return ""
	}
	return string(out)
}
