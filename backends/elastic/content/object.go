package content

import (
	"bytes"
	"strconv"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// An object is the members of a JSON object, or the keys of a TOML table, in
// the order in which they are written. A value is a string, a bool, an int, a
// []string, a [][]string, an object or an []object.
type object []member

type member struct {
	key   string
	value any
}

// add adds a member.
func (o *object) add(key string, value any) { *o = append(*o, member{key, value}) }

// addText adds a text that is not empty.
func (o *object) addText(key, text string) {
	if text != "" {
		o.add(key, text)
	}
}

// json writes an object on one line. What JSON need not escape is as it is, so
// that "<" and "&" of queries stay readable.
func (o object) json() string {
	var b bytes.Buffer
	writeJSON(&b, o)
	return b.String()
}

func writeJSON(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case string:
		b.WriteString(quoteJSON(v))
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		b.WriteString(strconv.Itoa(v))
	case []string:
		writeList(b, v)
	case []object:
		writeList(b, v)
	case [][]string:
		writeList(b, v)
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteJSON(m.key))
			b.WriteByte(':')
			writeJSON(b, m.value)
		}
		b.WriteByte('}')
	}
}

func writeList[T any](b *bytes.Buffer, list []T) {
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		writeJSON(b, v)
	}
	b.WriteByte(']')
}

// quoteJSON writes a string. Bytes that are not UTF-8 become U+FFFD.
func quoteJSON(s string) string {
	text, err := jsontext.Marshal(s)
	if err != nil {
		panic("content: " + err.Error()) // strings always encode
	}
	return string(text)
}
