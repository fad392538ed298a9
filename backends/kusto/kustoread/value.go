package kustoread

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A kind is a type of the language (scalar-data-types). int, long and real
// are not told apart further than messages need.
type kind uint8

const (
	anyKind kind = iota // not known
	stringKind
	intKind
	longKind
	realKind
	decimalKind
	boolKind
	timeKind
	spanKind
	guidKind
	dynamicKind
)

func (k kind) String() string {
	return [...]string{"unknown", "string", "int", "long", "real", "decimal", "bool", "datetime", "timespan", "guid", "dynamic"}[k]
}

func (k kind) isNumber() bool { return k >= intKind && k <= decimalKind }

// isText reports whether string operators take the type.
func (k kind) isText() bool { return k == stringKind || k == dynamicKind || k == anyKind }

// kindOf returns the type of a column in a schema. Kusto has no type for
// addresses: they are strings.
func kindOf(t schema.Type) kind {
	switch t {
	case schema.Unknown:
		return anyKind
	case schema.Int:
		return longKind
	case schema.Float:
		return realKind
	case schema.Bool:
		return boolKind
	case schema.Time:
		return timeKind
	case schema.GUID:
		return guidKind
	case schema.Dynamic:
		return dynamicKind
	}
	return stringKind
}

// A value is what an expression evaluates to: a string, bool, ir.Number,
// time.Time, time.Duration, guid or *dynamic; nil is null.
type value any

// A guid is a GUID, in small letters and without braces.
type guid string

// A dynamic is a JSON value.
type dynamic struct{ raw json.RawMessage }

// maxText bounds the texts that evaluation makes. A value of a string is cut
// at 1 MiB by the language itself (scalar-data-types/string).
const maxText = 1 << 20

// textOf is tostring(): null is the empty string (query/tostring-function).
func textOf(v value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case ir.Number:
		return string(v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.0000000Z")
	case time.Duration:
		return v.String()
	case guid:
		return string(v)
	case *dynamic:
		return v.text()
	}
	return ""
}

// text returns a dynamic value as a string: a string is itself, an array or
// object its JSON text.
func (d *dynamic) text() string {
	var s string
	if len(d.raw) > 0 && d.raw[0] == '"' && json.Unmarshal(d.raw, &s) == nil {
		return s
	}
	if string(d.raw) == "null" {
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, d.raw) != nil {
		return ""
	}
	return b.String()
}

// simple returns a dynamic value as the value of a simple type that it holds,
// or itself where it is an array or object.
func (d *dynamic) simple() value {
	switch raw := string(d.raw); {
	case raw == "" || raw == "null":
		return nil
	case raw == "true" || raw == "false":
		return raw == "true"
	case raw[0] == '"':
		return d.text()
	case raw[0] != '[' && raw[0] != '{':
		if n, ok := ir.ParseNumber(raw); ok {
			return n
		}
		return nil
	}
	return d
}

// parseJSON is parse_json(): a text that is no JSON is a string
// (query/parse-json-function).
func parseJSON(s string) *dynamic {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if raw := json.RawMessage(strings.TrimSpace(s)); json.Valid(raw) {
		return &dynamic{raw}
	}
	return dynamicOf(s)
}

// dynamicOf makes a dynamic value of one of Go's.
func dynamicOf(v any) *dynamic {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return nil
	}
	return &dynamic{bytes.TrimSpace(b.Bytes())}
}

// key returns a member of an object or an element of an array; nil where
// there is none.
func (d *dynamic) key(k value) *dynamic {
	if d == nil {
		return nil
	}
	switch k := k.(type) {
	case string:
		var object map[string]json.RawMessage
		if json.Unmarshal(d.raw, &object) == nil && object[k] != nil {
			return &dynamic{object[k]}
		}
	case ir.Number:
		var list []json.RawMessage
		i, err := strconv.Atoi(string(k))
		if err != nil || json.Unmarshal(d.raw, &list) != nil {
			return nil
		}
		if i < 0 {
			i += len(list)
		}
		if i >= 0 && i < len(list) {
			return &dynamic{list[i]}
		}
	}
	return nil
}

// valueOf reads a field of an event as a column of that type.
func valueOf(v any, k kind) value {
	switch v := v.(type) {
	case nil:
		return nothing(k)
	case string:
		return convert(v, k)
	case bool:
		if k == anyKind || k == boolKind {
			return v
		}
	case map[string]any, []any:
		return convertDynamic(dynamicOf(v), k)
	case fmt.Stringer: // json.Number
		return convertNumber(v.String(), k)
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return convertNumber(strconv.FormatInt(r.Int(), 10), k)
	case r.CanUint():
		return convertNumber(strconv.FormatUint(r.Uint(), 10), k)
	case r.CanFloat():
		return convertNumber(strconv.FormatFloat(r.Float(), 'f', -1, r.Type().Bits()), k)
	}
	return convert(fmt.Sprint(v), k)
}

// nothing returns what a missing value of a type is: strings have no null.
func nothing(k kind) value {
	if k == stringKind {
		return ""
	}
	return nil
}

func convertNumber(s string, k kind) value {
	n, ok := ir.ParseNumber(s)
	if ok && (k == anyKind || k.isNumber()) {
		return n
	}
	if ok && k == dynamicKind {
		return &dynamic{json.RawMessage(n)}
	}
	return convert(s, k)
}

// convert reads a text as a value of a type; null where it is none.
func convert(s string, k kind) value {
	switch {
	case k == stringKind || k == anyKind:
		return s
	case k.isNumber():
		if n, ok := ir.ParseNumber(s); ok {
			return n
		}
	case k == boolKind:
		return parseBool(s)
	case k == timeKind:
		return parseTime(s)
	case k == guidKind:
		return parseGUID(s)
	case k == dynamicKind:
		return dynamicOf(s)
	}
	return nil
}

func convertDynamic(d *dynamic, k kind) value {
	if k == anyKind || k == dynamicKind {
		return d
	}
	return convert(d.text(), k)
}

func parseBool(s string) value {
	switch {
	case strings.EqualFold(s, "true"):
		return true
	case strings.EqualFold(s, "false"):
		return false
	}
	return nil
}

// layouts are the forms of dates that are read. Those without a zone are in
// UTC (scalar-data-types/datetime).
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

func parseTime(s string) value {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return nil
}

func parseGUID(s string) value {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), "{}"))
	if len(s) != 36 {
		return nil
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isHex(s[i:i+1]) {
			return nil
		}
	}
	return guid(s)
}

// whole returns a number as a whole one of 64 bits, without its fraction; null
// where it is too large.
func whole(n ir.Number) value {
	s, _, _ := strings.Cut(string(n), ".")
	i, ok := new(big.Int).SetString(s, 10)
	if !ok || !i.IsInt64() {
		return nil
	}
	return ir.Number(i.String())
}
