package kustoread

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// A function is a scalar function that is read. The pages are those of
// MicrosoftDocs/dataexplorer-docs, query/<name>-function.
type function struct {
	// params has a letter for each parameter: s a string or dynamic, b a bool,
	// i a whole number, t a datetime, d a timespan, r a constant regular
	// expression, y the type of typeof(), * anything. Behind a ? they may be
	// left out; a + at the end repeats the last, up to max arguments.
	params string
	max    int
	result kind // anyKind: that of the arguments

	// eval returns the value for values of the arguments, of which expressions
	// are *regexp.Regexp.
	eval func(args []value) value

	given bool // no event decides the value
}

// functions are the functions by name.
var functions = withAliases(map[string]*function{
	"not":       {params: "b", result: boolKind, eval: func(a []value) value { return not(a[0]) }},
	"isnull":    {params: "*", result: boolKind, eval: func(a []value) value { return isNull(a[0]) }},
	"isnotnull": {params: "*", result: boolKind, eval: func(a []value) value { return !isNull(a[0]) }},
	"isempty":   {params: "*", result: boolKind, eval: func(a []value) value { return isNull(a[0]) || textOf(a[0]) == "" }},
	"isnotempty": {params: "*", result: boolKind, eval: func(a []value) value {
		return !isNull(a[0]) && textOf(a[0]) != ""
	}},
	"iff":      {params: "b**", eval: iff},
	"case":     {params: "b**+", max: maxArgs, eval: caseOf},
	"coalesce": {params: "**+", max: 64, eval: coalesce},

	"tostring":   {params: "*", result: stringKind, eval: func(a []value) value { return textOf(a[0]) }},
	"toint":      {params: "*", result: intKind, eval: toInt},
	"tolong":     {params: "*", result: longKind, eval: toLong},
	"todouble":   {params: "*", result: realKind, eval: toNumber},
	"todecimal":  {params: "*", result: decimalKind, eval: toNumber},
	"tobool":     {params: "*", result: boolKind, eval: toBool},
	"todatetime": {params: "*", result: timeKind, eval: func(a []value) value { return toTime(a[0]) }},
	"toguid":     {params: "*", result: guidKind, eval: func(a []value) value { return parseGUID(textOf(a[0])) }},
	"parse_json": {params: "s", result: dynamicKind, eval: toDynamic},
	"tohex":      {params: "i?i", result: stringKind, eval: toHex},
	"tolower":    {params: "*", result: stringKind, eval: func(a []value) value { return strings.ToLower(textOf(a[0])) }},
	"toupper":    {params: "*", result: stringKind, eval: func(a []value) value { return strings.ToUpper(textOf(a[0])) }},
	"strlen":     {params: "s", result: longKind, eval: func(a []value) value { return number(utf8.RuneCountInString(textOf(a[0]))) }},
	"strcat":     {params: "*+", max: 64, result: stringKind, eval: func(a []value) value { return join(a, "") }},
	"substring":  {params: "*i?i", result: stringKind, eval: substring},
	"trim":       {params: "rs", result: stringKind, eval: func(a []value) value { return trim(a, true, true) }},
	"trim_start": {params: "rs", result: stringKind, eval: func(a []value) value { return trim(a, true, false) }},
	"trim_end":   {params: "rs", result: stringKind, eval: func(a []value) value { return trim(a, false, true) }},
	"extract":    {params: "ris?y", result: stringKind, eval: extract},
	"indexof":    {params: "**", result: longKind, eval: indexOf},
	"split":      {params: "*s", result: dynamicKind, eval: split},
	"strcat_delim": {params: "***+", max: 64, result: stringKind, eval: func(a []value) value {
		return join(a[1:], textOf(a[0]))
	}},
	"replace_string":         {params: "sss", result: stringKind, eval: replaceString},
	"replace_regex":          {params: "srs", result: stringKind, eval: replaceRegexp},
	"base64_decode_tostring": {params: "s", result: stringKind, eval: decodeBase64},

	"datetime_part": {params: "st", result: intKind, eval: func(a []value) value { return timePart(textOf(a[0]), a[1]) }},
	"week_of_year":  {params: "t", result: intKind, eval: func(a []value) value { return timePart("week_of_year", a[0]) }},
	"hourofday":     {params: "t", result: intKind, eval: func(a []value) value { return timePart("hour", a[0]) }},
	"dayofmonth":    {params: "t", result: intKind, eval: func(a []value) value { return timePart("day", a[0]) }},
	"monthofyear":   {params: "t", result: intKind, eval: func(a []value) value { return timePart("month", a[0]) }},
	"getyear":       {params: "t", result: intKind, eval: func(a []value) value { return timePart("year", a[0]) }},
	"now":           {params: "?d", result: timeKind, given: true},
	"ago":           {params: "d", result: timeKind, given: true},

	"ipv4_is_in_range":     {params: "ss", result: boolKind, eval: inRange(netip.Addr.Is4)},
	"ipv4_is_in_any_range": {params: "s*+", max: maxArgs, result: boolKind, eval: inRange(netip.Addr.Is4)},
	"ipv6_is_in_range":     {params: "ss", result: boolKind, eval: inRange(netip.Addr.Is6)},
	"ipv6_is_in_any_range": {params: "s*+", max: maxArgs, result: boolKind, eval: inRange(netip.Addr.Is6)},
	"ipv4_is_private":      {params: "s", result: boolKind, eval: isPrivate},
	"ipv4_is_match":        {params: "ss?i", result: boolKind, eval: matchAddress(netip.Addr.Is4)},
	"ipv6_is_match":        {params: "ss?i", result: boolKind, eval: matchAddress(netip.Addr.Is6)},
})

// withAliases adds other names of the same functions.
func withAliases(functions map[string]*function) map[string]*function {
	for alias, name := range map[string]string{
		"iif": "iff", "notnull": "isnotnull", "notempty": "isnotempty", "toreal": "todouble", "toboolean": "tobool",
		"todynamic": "parse_json", "parsejson": "parse_json", "toobject": "parse_json", "getmonth": "monthofyear",
		"weekofyear": "week_of_year",
	} {
		functions[alias] = functions[name]
	}
	return functions
}

// arity returns the least and most arguments of a function.
func (f *function) arity() (least, most int) {
	optional := false
	for _, p := range f.params {
		switch p {
		case '?':
			optional = true
		case '+':
			return least, f.max
		default:
			most++
			if !optional {
				least++
			}
		}
	}
	return least, most
}

// param returns the letter of a parameter.
func (f *function) param(i int) byte {
	params := strings.ReplaceAll(f.params, "?", "")
	if more := strings.TrimSuffix(params, "+"); more != params {
		params = more
	}
	return params[min(i, len(params)-1)]
}

// timeParts are the parts that datetime_part() knows.
var timeParts = map[string]func(time.Time) int{
	"year": time.Time.Year, "day": time.Time.Day, "hour": time.Time.Hour, "minute": time.Time.Minute,
	"second": time.Time.Second, "dayofyear": time.Time.YearDay,
	"month":        func(t time.Time) int { return int(t.Month()) },
	"quarter":      func(t time.Time) int { return (int(t.Month()) + 2) / 3 },
	"week_of_year": func(t time.Time) int { _, week := t.ISOWeek(); return week },
	"millisecond":  func(t time.Time) int { return t.Nanosecond() / 1e6 },
	"microsecond":  func(t time.Time) int { return t.Nanosecond() / 1e3 },
	"nanosecond":   time.Time.Nanosecond,
}

func timePart(part string, v value) value {
	t, ok := v.(time.Time)
	f := timeParts[strings.ToLower(part)]
	if !ok || f == nil {
		return nil
	}
	return number(f(t.UTC()))
}
