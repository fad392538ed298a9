package esqlread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/esql/esqlread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// dump writes a tree as the tables have it: and(...), or(...), not(...), yes,
// and for a leaf its test as package ir writes it, with ? behind where it is
// unknown for a missing field.
func dump(e readback.Expr) string {
	switch e := e.(type) {
	case readback.And:
		return "and(" + dumps(e) + ")"
	case readback.Or:
		return "or(" + dumps(e) + ")"
	case *readback.Not:
		return "not(" + dump(e.X) + ")"
	case *readback.Known:
		return "known(" + dump(e.X) + ")"
	case readback.Const:
		return readback.Truth(e).String()
	case *readback.Leaf:
		s := ir.String(&ir.Match{Field: e.Field, Test: e.Test})
		if e.Missing == readback.Unknown {
			s += "?"
		}
		return s
	}
	return fmt.Sprintf("%T", e)
}

func dumps(es []readback.Expr) string {
	var out []string
	for _, e := range es {
		out = append(out, dump(e))
	}
	return strings.Join(out, " ")
}

// outcome returns the dumped tree, or the error with ~ before one that is
// foreign.
func outcome(q *readback.Query, err error) string {
	var e *readback.Error
	switch {
	case errors.As(err, &e) && e.Foreign:
		return "~ " + e.Error()
	case err != nil:
		return "! " + err.Error()
	}
	return dump(q.Where)
}

// TestRead shows what each construct means: ~ before an error that is foreign,
// ! before one of the language. ? behind a test is what it is for a missing
// field: unknown.
func TestRead(t *testing.T) {
	for _, c := range []struct{ where, want string }{
		// Strings tell case apart; to_lower ignores it.
		{`a == "x*"`, `a=cased "x\\*"?`},
		{`"x" == a`, `a=cased "x"?`},
		{`a != "x"`, `not(a=cased "x"?)`},
		{`to_lower(a) == "x"`, `a="x"?`},
		{`TO_LOWER(a) == "X"`, `a=/[^\x00-\x{10FFFF}]/?`}, // never
		{`to_lower(a) == "é"`, `a=/(?s)\Aé\z/?`},          // only A to Z are folded
		{`to_upper(a) == "X"`, `a="X"?`},
		{`a in ("x", "Y")`, `or(a=cased "x"? a=cased "Y"?)`},
		{`a not in ("x")`, `not(a=cased "x"?)`},
		{`to_lower(a) in ("x", "Y")`, `or(a="x"? a=/[^\x00-\x{10FFFF}]/?)`},
		{`starts_with(a, "x*")`, `a=cased "x\\**"?`},
		{`ends_with(to_lower(a), "x")`, `a="*x"?`},
		{`contains(a, "x")`, `a=cased "*x*"?`},
		{`locate(a, "x") > 0`, `a=cased "*x*"?`},
		{`a == b`, `a=cased exact field b?`},
		{`to_lower(a) == to_lower(b)`, `a=exact field b?`},
		{`starts_with(a, b)`, `a=cased prefix field b?`},
		{`to_lower(a) == b`, `~ at byte 15: a comparison of a column with another in small letters is not read`},

		// LIKE: a backslash stands before a wildcard or itself.
		{`a like "x*y?"`, `a=cased "x*y?"?`},
		{`a like "C:\\\\*\\*"`, `a=cased "C:\\\\*\\*"?`},
		{`a like """\*\\"""`, `a=cased "\\*\\"?`},
		{`a LIKE ("x", "y*")`, `or(a=cased "x"? a=cased "y*"?)`},
		{`a not like "x"`, `not(a=cased "x"?)`},
		{`a like "*"`, `not(a=null)`},
		{`to_lower(a) like "*"`, `a="*"?`},
		{`a like "\\T*"`, `! at byte 22: in the pattern "\\T*" a backslash stands before something else than *, ? or \`},
		{`a like "x\\"`, `! at byte 22: in the pattern "x\\" a backslash stands before something else than *, ? or \`},
		{`a like 1`, `! at byte 22: behind like stand strings`},
		{`a like b`, `! at byte 22: behind like stand strings`},
		{`a like ("x" "y")`, `! at byte 27: the list is not closed`},
		{`a is 1`, `! at byte 20: behind "is" stands null or not null`},

		// RLIKE is Lucene's.
		{`a rlike "[aA]b.*"`, `a=/(?s)\A[Aa]b.*\z/?`},
		{`a rlike ".*"`, `not(a=null)`},
		{`a rlike "^a$"`, `a=cased "^a$"?`},
		{`a rlike "a\\b"`, `! at byte 23: the regular expression, at byte 1: there is no escape \b; those of letters are \d, \s, \w, \D, \S and \W`},
		{`a rlike "` + strings.Repeat("x", 1001) + `"`, `! at byte 23: the regular expression has 1001 characters; an index reads 1000 (index.max_regex_length)`},
		{`to_lower(a) rlike "x"`, `~ at byte 15: RLIKE of to_lower and to_upper depends on the version and on the index`},

		// Escapes.
		{`a == "\t\n\r\"\\"`, `a=cased "\t\n\r\"\\"?`},
		{`a == """\d"x"""`, `a=cased "\\d\"x"?`},
		{`a == "\*"`, `! at byte 21: there is no escape \*; there are \t \n \r \" and \\`},
		{`a == "\u{41}"`, `! at byte 21: there is no escape \u; there are \t \n \r \" and \\`},
		{`a == 'x'`, `! at byte 20: the character "'" has no meaning here`},
		{`a == "x`, `! at byte 20: the string is not closed`},
		{"a == \"x\n\"", `! at byte 22: a string has no line break; write \n or \r`},

		// Numbers, booleans, null.
		{`a == 1.50`, `a=1.5?`},
		{`a in (1, -2)`, `or(a=1? a=-2?)`},
		{`a > 5 and 5 >= b`, `and(a=>5? b=<=5?)`},
		{`a == true`, `a=true?`},
		{`a`, `a=true?`},
		{`not a`, `not(a=true?)`},
		{`true`, `yes`},
		{`null`, `unknown`},
		{`a == null`, `unknown`},
		{`a is null`, `a=null`},
		{`a is not null`, `not(a=null)`},
		{`a not is null`, `! at byte 15: "not" stands behind "is" or before the condition`},
		{`a in (1, null)`, `~ at byte 24: null in a list is not read`},
		{`"x"`, `! at byte 15: a condition must be a boolean`},
		{`a > "x"`, `~ at byte 19: only numbers are compared by their size`},
		{`1 == 1`, `~ at byte 15: a comparison of two constants is not read`},
		{`5 minutes == a`, `! at byte 17: "minutes" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},

		// Types: a column has one.
		{`a == 1 or to_lower(a) == "x"`, `! at byte 34: a is used as string here and as number at byte 15, but has one type only`},
		{`a == "x" or cidr_match(a, "::/0")`, `or(a=cased "x"? a=::/0?)`}, // an address may be written as a string
		{`to_lower(a) == "x" or cidr_match(a, "::/0")`, `! at byte 48: a is used as ip here and as string at byte 24, but has one type only`},
		{`a == 1 and a == b and b like "x"`, `! at byte 37: b is used as string here and as number at byte 31, but has one type only`},
		{`to_string(a) == "1" or a == 1`, `or(a=cased "1"? a=1?)`},
		{`a::keyword like "1*"`, `a=cased "1*"?`},
		{`a::foo == 1`, `~ at byte 18: a cast to foo is not read`},

		// Conversions are null where a text cannot be converted.
		{`to_double(a) > 5`, `or(a=>5? and(unknown not(or(a=<=0? a=>0?))))`},
		{`cidr_match(a, "10.1.2.3/8", "::1/128")`, `or(a=10.0.0.0/8? a=::1/128?)`},
		{`to_ip(a) == "10.0.0.1"`, `or(a=10.0.0.1/32? and(unknown not(or(a=0.0.0.0/0? a=::/0?))))`},
		{`a == to_ip("::1")`, `a=::1/128?`},
		{`cidr_match(a, "10.0.0.0")`, `! at byte 29: "10.0.0.0" is no network`},
		{`a == to_ip("x")`, `! at byte 26: "x" is no address`},
		{`date_extract("hour_of_day", a) >= 8`, `a=hour>=8?`},
		{`date_extract("year", to_datetime(a)) == 2024`, `or(a=year==2024? and(unknown not(or(a=minute>=0?))))`},
		{`date_extract("week", a) == 1`, `! at byte 28: a date has no part "week"`},
		{`date_extract("day_of_year", a) == 1`, `~ at byte 15: a comparison with what a function gives is not read`},

		// Values that stand between line breaks.
		{`concat("\n\t\r", mv_concat(a, "\n\t\r"), "\n\t\r") like "*\n\t\rx\n\t\r*"`, `a=/(?:\A|\n\t\r)x(?:\n\t\r|\z)/?`},
		{`to_lower(concat("\n\t\r", mv_concat(a, "\n\t\r"), "\n\t\r")) like "*x*"`, `a=/x/i?`},
		{`concat("\n\t\r", mv_concat(a, "\n\t\r"), "\n\t\r") like "*x\ny*"`, `~ at byte 71: of texts that mv_concat joined only one between stars is read, with separators at its ends`},
		{`mv_concat(a, ",") == "x"`, `~ at byte 15: a comparison with what a function gives is not read`},

		// Logic has three values; not goes before and before or.
		{`not a == 1 and b == 2 or c == 3 and not not d == 4`, `or(and(not(a=1?) b=2?) and(c=3? d=4?))`},
		{`NOT (a == 1 OR b == 2) AND c == 3`, `and(not(or(a=1? b=2?)) c=3?)`},
		{`not a in (1, 2) and b like "x"`, `and(not(or(a=1? a=2?)) b=cased "x"?)`},
		{`coalesce(a == 1, false)`, `known(a=1?)`},
		{`coalesce(a == 1, true)`, `not(known(not(a=1?)))`},
		{`coalesce(a, "x") == "x"`, `~ at byte 15: coalesce is only read of a condition and true or false`},
		{`a == 1 /* or /* */ b == 2 */ // and
			and c == 3`, `and(a=1? c=3?)`},
		{`(a == 1`, `! at byte 22: the query ends too early`},
		{`a == 1)`, `! at byte 21: ")" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`a = 1`, `! at byte 17: "=" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`a =~ "x"`, `! at byte 17: =~ is no operator; compare to_lower(...) with small letters`},

		// Names.
		{"`c-uri` == 1 and `a b`.`c``d` == 1 and @timestamp.x == 2", "and(c-uri=1? a b.c`d=1? @timestamp.x=2?)"},
		{`c-uri == "x"`, `~ at byte 15: a comparison with what a function gives is not read`},
		{`c - "x" == 1`, `! at byte 19: only numbers and dates are added, subtracted, multiplied and divided`},
		{`_ == 1`, `! at byte 15: _ alone is no name`},
		{"`` == 1", "! at byte 15: the back-quote is not closed, or nothing stands between two"},
		{`a.in == 1`, `! at byte 17: behind the dot stands the rest of a name; one that is no plain word stands in back-quotes`},
		{`a == ?x`, `~ at byte 20: what "?" begins is not read`},

		// Functions.
		{`nosuch(a) == 1`, `! at byte 15: there is no function nosuch`},
		{`length(a) > 5`, `~ at byte 15: a comparison with what a function gives is not read`},
		{`to_lower(a, b) == "x"`, `! at byte 15: to_lower takes another number of arguments than 2`},
		{`to_lower(a)`, `! at byte 15: a condition must be a boolean`},
		{`to_lower(a == 1) == "x"`, `! at byte 24: what is asked here is of type string`},
		{`to_lower(a) == 1`, `! at byte 15: what is compared with a number is a number, which this is not`},
		{`match(a, "x")`, `~ at byte 15: a function that is not read stands for a condition`},
		{`a : "x"`, `~ at byte 17: a search for the words of a text is not read`},
		{strings.Repeat("(", 201) + "true" + strings.Repeat(")", 201), `~ at byte 215: the parentheses lie too deep in one another`},
		{strings.Repeat("a == 1 or ", 299) + "a == 1", `! at byte 0: more than 300 expressions lie in one another; each operator of a chain counts`},
	} {
		if got := outcome(esqlread.Read("from x | where "+c.where, readback.Options{})); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.where, got, c.want)
		}
	}
}

// TestCommands shows what else a query has.
func TestCommands(t *testing.T) {
	for _, c := range []struct{ query, table, want string }{
		{`from * metadata _id, _index, _version | where a == 1`, `*`, `a=1?`},
		{`FROM logs-*, "b c" | where a`, ``, `! at byte 13: "b c" is no name of an index`},
		{`from logs-*,"winlogbeat-*",eu:x|where a==1`, `logs-*,winlogbeat-*,eu:x`, `a=1?`},
		{`from x`, `x`, `and()`},
		{`from x | where a == 1 | where b == 2`, `x`, `and(a=1? b=2?)`},
		{`from x | eval b = to_lower(a), c = a == "x" | where b == "y" and not c`, `x`, `and(a="y"? not(a=cased "x"?))`},
		{`from x | eval a = 1 | where a == 1`, `x`, `~ at byte 28: a comparison of two constants is not read`},
		{`from x metadata _x | where a`, ``, `! at byte 16: there is no metadata "_x"`},
		{`from x | limit 5`, ``, `~ at byte 9: the command limit is not read`},
		{`from x | foo`, ``, `! at byte 9: there is no command "foo"`},
		{`from x |`, ``, `! at byte 8: the query ends too early`},
		{`row a = 1`, ``, `~ at byte 0: the command row is not read`},
		{`where a == 1`, ``, `! at byte 0: "where" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`from (from x)`, ``, `~ at byte 5: only index patterns are read behind from`},
		{`from =`, ``, `! at byte 5: the character "=" has no meaning in an index pattern`},
		{`from x /* `, ``, `! at byte 7: the comment is not closed`},
		{``, ``, `! at byte 0: the query ends too early`},
		{strings.Repeat(" ", 1_000_001), ``, `! at byte 0: the query has 1000001 characters; 1000000 are the most`},
	} {
		q, err := esqlread.Read(c.query, readback.Options{})
		if got := outcome(q, err); got != c.want {
			t.Errorf("%.80s\n got %s\nwant %s", c.query, got, c.want)
		}
		if err == nil && q.Table != c.table {
			t.Errorf("%s: table %s, want %s", c.query, q.Table, c.table)
		}
	}
	if got := outcome(esqlread.ReadCondition(`a == 1 or b is null`, readback.Options{})); got != `or(a=1? b=null)` {
		t.Errorf("a condition alone: %s", got)
	}
}

// TestRows shows the other reading.
func TestRows(t *testing.T) {
	for _, c := range []struct{ where, want string }{
		{`to_lower(a) == "x"`, `a="x"?`},
		{`to_lower(a) like "é*"`, `a=/(?s)\A[éÉ].*\z/?`},
		{`to_lower(a) == "É"`, `a=/[^\x00-\x{10FFFF}]/?`},
		{`a like "*" or a rlike ".*"`, `or(a=cased "*"? a="*"?)`},
	} {
		if got := outcome(esqlread.ReadRows("from x | where "+c.where, readback.Options{})); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.where, got, c.want)
		}
	}
}

// TestColumns shows what a schema decides.
func TestColumns(t *testing.T) {
	columns := map[string]schema.Type{
		"key": schema.Keyword, "low": schema.Caseless, "body": schema.Text, "port": schema.Int, "flag": schema.Bool, "ip": schema.IP, "when": schema.Time,
	}
	o := readback.Options{Column: func(name string) (schema.Column, bool) {
		t, ok := columns[name]
		return schema.Column{Name: name, Type: t}, ok
	}}
	for _, c := range []struct{ where, want string }{
		{`none == 1`, `! at byte 15: there is no column none`},
		{`port == "80"`, `! at byte 15: port is of type integer; what is asked here is of type string or ip or date`},
		{`key == 80`, `! at byte 15: key is of type keyword; what is asked here is of type number`},
		{`to_string(port) like "8*"`, `port=cased "8*"?`},
		{`to_lower(ip) == "x"`, `! at byte 24: ip is of type ip; what is asked here is of type string`},
		{`ip == "10.0.0.1" or ip == to_ip("::1")`, `or(ip=10.0.0.1/32? ip=::1/128?)`},
		{`cidr_match(key, "::/0")`, `! at byte 26: key is of type keyword; what is asked here is of type ip`},
		{`cidr_match(to_ip(ip), "::/0")`, `ip=::/0?`},
		{`low == "x" and to_lower(low) == "y"`, `and(low="x"? low="y"?)`},
		{`low == "X"`, `low=/[^\x00-\x{10FFFF}]/?`},
		{`low rlike "x.[yY]"`, `low="x?y"?`},
		{`body like "x*"`, `body=cased "x*"?`},
		{`flag == true and flag`, `and(flag=true? flag=true?)`},
		{`flag == "true"`, `! at byte 15: flag is of type boolean; what is asked here is of type string or ip or date`},
		{`when == "2024-01-01"`, `~ at byte 23: a comparison of dates is not read`},
		{`to_string(when) like "2024*"`, `~ at byte 15: how a value of when is spelled is not read`},
		{`date_extract("year", when) > 2000`, `when=year>2000?`},
	} {
		if got := outcome(esqlread.Read("from x | where "+c.where, o)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.where, got, c.want)
		}
	}
}

// TestLong reads a query of 5,000 terms in groups, and one of a list of as
// many.
func TestLong(t *testing.T) {
	group := "(" + strings.Repeat(`a like "*\\\\x.exe" or `, 99) + `a == "y")`
	terms := "from x | where " + strings.Repeat(group+" or ", 49) + group
	list := `from x | where a in (` + strings.Repeat(`"\\x.exe", `, 4999) + `"y")`
	for _, query := range []string{terms, list} {
		q, err := esqlread.Read(query, readback.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if or, ok := q.Where.(readback.Or); !ok || len(or) != 50 && len(or) != 5000 {
			t.Errorf("%.40s: %T", query, q.Where)
		}
	}
}
