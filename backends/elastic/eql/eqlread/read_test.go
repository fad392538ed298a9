package eqlread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/eql/eqlread"
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
// ! before one of the language.
func TestRead(t *testing.T) {
	for _, c := range []struct{ where, want string }{
		// Strings: ":" and "like" have wildcards and no escape, "==" and "in" have none.
		{`a : "x"`, `a="x"`},
		{`a:"X*"`, `a="X*"`},
		{`a : "*b?c*"`, `a="*b?c*"`},
		{`a : "\\*"`, `a="\\\\*"`},
		{`a : ("x", "y*")`, `or(a="x" a="y*")`},
		{`a like "x*"`, `a=cased "x*"`},
		{`a like~ ("x", "y")`, `or(a="x" a="y")`},
		{`a == "x*"`, `a=cased "x\\*"`},
		{`"x" == a`, `a=cased "x"`},
		{`a != "x"`, `not(a=cased "x")`},
		{`a in ("x", "Y")`, `or(a=cased "x" a=cased "Y")`},
		{`a in~ ("x*")`, `a="x\\*"`},
		{`a not in ("x")`, `not(a=cased "x")`},
		{`a : "é"`, `a=/(?s)\Aé\z/`}, // only A to Z are folded
		{`a : ""`, `a=""`},
		{`a : 1`, `! at byte 14: : compares strings only; write == or in, or put 1 in quotes`},
		{`a : true`, `! at byte 14: : compares strings only; write == or in, or put true in quotes`},
		{`a like~ ("x", 1)`, `! at byte 24: like~ compares strings only; write == or in, or put 1 in quotes`},
		{`a in~ (1)`, `! at byte 17: in~ compares strings only; write in`},
		{`a in (1, "x")`, `! at byte 19: the values of a list are of one type`},
		{`a : b`, `! at byte 14: behind : stand constants, not fields`},
		{`a == b`, `! at byte 15: a field cannot be compared with a field`},
		{`a : null`, `~ at byte 14: null among strings is not read`},

		// Escapes.
		{`a == "\n\r\t\\\"\u{e9}\u{1F600}"`, `a=cased "\n\r\t\\\"é😀"`},
		{`a == """\d"x"""`, `a=cased "\\d\"x"`},
		{`a == """x"""""`, `a=cased "x\"\""`},
		{`a == ""`, `a=cased ""`},
		{`a == "\*"`, `! at byte 16: there is no escape \*; there are \n \r \t \\ \" and \u{...}`},
		{`a == "x\/"`, `! at byte 17: there is no escape \/; there are \n \r \t \\ \" and \u{...}`},
		{`a == "\'"`, `~ at byte 16: the manual does not list the escape \'`},
		{`a == "\u0041"`, `! at byte 16: behind \u stand braces`},
		{`a == "\u{4}"`, `! at byte 16: between the braces of \u stand two to eight hexadecimal digits`},
		{`a == "\u{d800}"`, `! at byte 16: \u{d800} is no character`},
		{`a == "\u{110000}"`, `! at byte 16: \u{110000} is no character`},
		{`a == 'x'`, `! at byte 15: strings stand in double quotes, not in single ones`},
		{`a == ?"x"`, `! at byte 15: raw strings stand between """, not behind a ?`},
		{`a == "x`, `! at byte 15: the string is not closed`},
		{`a == "x\`, `! at byte 17: the string is not closed`},
		{"a == \"x\n\"", `! at byte 17: a string has no line break; write \n or \r`},

		// Regular expressions are Lucene's.
		{`a regex "[aA]b.*"`, `a=/(?s)\A[Aa]b.*\z/`},
		{`a regex~ "ab.*"`, `a="ab*"`},
		{`a regex ("a", "b|c")`, `or(a=cased "a" a=/(?s)\A(?:b|c)\z/)`},
		{`a regex "^a$"`, `a=cased "^a$"`},
		{`a regex "a\\b"`, `! at byte 18: the regular expression, at byte 1: there is no escape \b; those of letters are \d, \s, \w, \D, \S and \W`},
		{`a regex "` + strings.Repeat("x", 1001) + `"`, `! at byte 18: the regular expressions of the list have 1001 characters; an index reads 1000 (index.max_regex_length)`},

		// Numbers, booleans, null.
		{`a == 4624`, `a=4624`},
		{`a != -1.50`, `not(a=-1.5)`},
		{`a == 1e3`, `a=1000`},
		{`a in (1, 2)`, `or(a=1 a=2)`},
		{`a > 5 and 5 > b`, `and(a=>5 b=<5)`},
		{`a == true`, `a=true`},
		{`a`, `a=true`},
		{`not a`, `not(a=true)`},
		{`true`, `yes`},
		{`a == null`, `a=null`},
		{`?a != null`, `not(a=null)`},
		{`a > null`, `unknown`},
		{`"x"`, `! at byte 10: a condition must be a boolean, not a string or a number`},
		{`1 and a == 1`, `! at byte 10: a condition must be a boolean, not a string or a number`},
		{`a > "x"`, `~ at byte 14: only numbers are compared by their size`},
		{`1 == 1`, `~ at byte 10: a comparison in which no side is the name of a field is not read`},

		// Logic: not before and before or.
		{`not a == 1 and b == 2 or c == 3 and not not d == 4`, `or(and(not(a=1) b=2) and(c=3 d=4))`},
		{`not (a == 1 or b == 2) and c == 3`, `and(not(or(a=1 b=2)) c=3)`},
		{`a == 1 /* or /* */ b == 2 */ // and
			and c == 3`, `and(a=1 c=3)`},
		{`a == 1 AND b == 2`, `! at byte 17: "AND" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`(a == 1`, `! at byte 17: the query ends too early`},
		{`a == 1)`, `! at byte 16: ")" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`a == 1 == 2`, `! at byte 17: "==" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`a = 1`, `! at byte 12: = is no operator; write == or :`},
		{`not`, `! at byte 13: the query ends too early`},

		// Names.
		{"`c-uri` : \"x\" and `a b`.`c``d` == 1 and @timestamp == 2", "and(c-uri=\"x\" a b.c`d=1 @timestamp=2)"},
		{"?`x y`.z == 1", `x y.z=1`},
		{`a . b == 1`, `a.b=1`},
		{`c-uri : "x"`, `! at byte 12: only numbers are added, subtracted, multiplied and divided; a name with a hyphen stands in back-quotes`},
		{`a - b == 1`, `~ at byte 10: arithmetic is not read`},
		{`-a == 1`, `~ at byte 11: arithmetic is not read`},
		{`-"x" == a`, `! at byte 11: only a number has a sign`},
		{`a.1 == 1`, `! at byte 11: ".1" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`1a == 1`, `! at byte 11: "a" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`a.in == 1`, `! at byte 12: behind the dot stands the rest of a name; one that is no plain word stands in back-quotes`},
		{`a{}.b : "x"`, `! at byte 11: the character "{" has no meaning here`},
		{"`a == 1", "! at byte 10: the back-quote is not closed"},
		{`a[0] == 1`, `~ at byte 11: only queries of single events are read, without pipes; "[" begins something else`},

		// Functions.
		{`cidrMatch(a, "10.1.2.3/8", "::1/128")`, `or(a=10.0.0.0/8 a=::1/128)`},
		{`not cidrMatch(a, "10.0.0.0/8")`, `not(a=10.0.0.0/8)`},
		{`cidrMatch(a, "10.0.0.0")`, `! at byte 23: "10.0.0.0" is no network`},
		{`cidrMatch(a)`, `! at byte 10: cidrMatch takes an address and the networks`},
		{`cidrmatch(a, "10.0.0.0/8")`, `! at byte 10: there is no function cidrmatch`},
		{`startsWith(a, "x")`, `a=cased "x*"`},
		{`endsWith~(a, "x")`, `a="*x"`},
		{`stringContains~(a, "x")`, `a="*x*"`},
		{`startsWith~(a, "*")`, `a="\\**"`},
		{`stringContains(a, "*")`, `~ at byte 28: what *, ? and \ mean in stringContains depends on the version`},
		{`stringContains(a, b)`, `! at byte 28: a field cannot be compared with a field`},
		{`length(a) > 5`, `~ at byte 10: a comparison in which no side is the name of a field is not read`},
		{`wildcard(a, "*x*")`, `~ at byte 10: the function wildcard is not in the manual any more`},
		{`concat(a, b)`, `~ at byte 10: a function stands for a condition`},
		{`cidrMatch(a, "::/0") or a : "-"`, `! at byte 34: a is used as string here and as ip at byte 20, but has one type only`},
		{`a in (1, 2) and a like "x"`, `! at byte 26: a is used as string here and as number at byte 10, but has one type only`},
		{`a == 1 and a == "x" and a : "x"`, `and(a=1 a=cased "x" a="x")`},
		{`f~ == 1`, `! at byte 10: f~ is no name; only those of functions end with a tilde`},
		{strings.Repeat("(", 201) + "true" + strings.Repeat(")", 201), `~ at byte 210: the parentheses lie too deep in one another`},
	} {
		if got := outcome(eqlread.Read("any where "+c.where, readback.Options{})); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.where, got, c.want)
		}
	}
}

// TestEvent shows what stands before "where".
func TestEvent(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{`process where a == 1`, `and(event.category=cased "process" a=1)`},
		{`"a-b" where a == 1`, `and(event.category=cased "a-b" a=1)`},
		{`any where a == 1 | head 5`, `~ at byte 17: only queries of single events are read, without pipes; "|" begins something else`},
		{`sequence [any where true] [any where true]`, `~ at byte 0: only queries of single events are read, without pipes; "sequence" begins something else`},
		{``, `! at byte 0: the query ends too early`},
		{`a == 1`, `! at byte 2: "==" may not stand here; a name that is a keyword or no plain word stands in back-quotes`},
		{`any where /* `, `! at byte 10: the comment is not closed`},
		{strings.Repeat(" ", 5<<20), `~ at byte 0: the query has 5242880 bytes; 4194304 are the most`},
	} {
		if got := outcome(eqlread.Read(c.query, readback.Options{})); got != c.want {
			t.Errorf("%.80s\n got %s\nwant %s", c.query, got, c.want)
		}
	}
}

// TestUnmapped shows the other reading of optional fields.
func TestUnmapped(t *testing.T) {
	for _, c := range []struct{ where, want string }{
		{`?a : "x" and b : "y"`, `and(a="x"? b="y")`},
		{`not ?a in (1, 2)`, `not(or(a=1? a=2?))`},
		{`?a == null or ?a != null`, `or(a=null not(a=null))`},
	} {
		if got := outcome(eqlread.ReadUnmapped("any where "+c.where, readback.Options{})); got != c.want {
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
		{`none == 1`, `! at byte 10: there is no field none; write ?none where it may be absent`},
		{`?none == 1`, `unknown`},
		{`?none : ("a", "b")`, `or(unknown unknown)`},
		{`?none == null`, `yes`},
		{`?none != null`, `not(yes)`},
		{`port : "80"`, `! at byte 10: : compares strings only, and port is of type integer`},
		{`port == "80"`, `port=80`},
		{`port == "x"`, `! at byte 18: port is a number, which "x" is not`},
		{`port in ("80")`, `! at byte 19: a list for port must have values of type integer`},
		{`key == 80`, `key=cased "80"`},
		{`key == 80.0`, `~ at byte 17: how the number 80.0 is spelled in key, a field of strings, is not read`},
		{`key == true`, `key=cased "true"`},
		{`key in (80)`, `! at byte 18: a list for key must have values of type keyword`},
		{`key > 5`, `~ at byte 16: key is of type keyword, whose order is not read`},
		{`key`, `! at byte 10: a condition must be a boolean; key is of type keyword`},
		{`low == "A" and low regex "B\\S"`, `and(low="A" low=/(?s)\A[Bb][\x{9}\x{a}\x{d} ]\z/)`},
		{`body : "x"`, `! at byte 10: body is analysed text, which EQL does not search`},
		{`body == "x"`, `! at byte 10: body is analysed text, which has no exact values`},
		{`flag == "true" and flag`, `and(flag=true flag=true)`},
		{`flag == "yes"`, `! at byte 18: flag is a boolean, which "yes" is not`},
		{`ip == "10.0.0.1" or ip == "10.0.0.0/8"`, `or(ip=10.0.0.1/32 ip=10.0.0.0/8)`},
		{`ip == "x"`, `! at byte 16: ip is an address, which "x" is not`},
		{`cidrMatch(key, "10.0.0.0/8")`, `! at byte 20: cidrMatch takes a field of type ip; key is of type keyword`},
		{`endsWith(port, "1")`, `! at byte 19: endsWith compares strings only, and port is of type integer`},
		{`when == "2024-01-01"`, `~ at byte 18: a comparison of times is not read`},
	} {
		if got := outcome(eqlread.Read("any where "+c.where, o)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.where, got, c.want)
		}
	}
}

// TestLong reads a query of 5,000 terms, and one of a list of as many.
func TestLong(t *testing.T) {
	terms := "any where " + strings.Repeat(`a : "*\\x.exe" or `, 4999) + `a : "y"`
	list := `any where a : (` + strings.Repeat(`"*\\x.exe", `, 4999) + `"y")`
	for _, query := range []string{terms, list} {
		q, err := eqlread.Read(query, readback.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if or, ok := q.Where.(readback.Or); !ok || len(or) != 5000 {
			t.Errorf("%.40s: %T", query, q.Where)
		}
	}
}
