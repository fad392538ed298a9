package splunkread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// The clauses of Splunk's documents that a case rests on are named beside it.
var readCases = []struct{ query, want string }{
	// SM, "Boolean expressions with logical operators": OR before AND, NOT
	// takes the next term, AND is implied.
	{`a=1 b=2`, `and{a="1" b="2"}`},
	{`a=1 AND b=2`, `and{a="1" b="2"}`},
	{`A=1 AND B=2 OR C=3`, `and{A="1" or{B="2" C="3"}}`},
	{`A=1 B=2 OR C=3`, `and{A="1" or{B="2" C="3"}}`},
	{`a=1 OR b=2 c=3 OR d=4`, `and{or{a="1" b="2"} or{c="3" d="4"}}`},
	{`(A=1 AND B=2 ) OR C=3`, `or{and{A="1" B="2"} C="3"}`},
	{`a=1 NOT b=2 OR c=3`, `and{a="1" or{not{b="2"} c="3"}}`},
	{`a=1 NOT (b=2 OR c=3)`, `and{a="1" not{or{b="2" c="3"}}}`},
	{`NOT NOT a=1`, `a="1"`},
	{`NOT f="* -n*" OR f="* /n*"`, `or{not{f="* -n*"} f="* /n*"}`}, // an ungrouped list below NOT, as pySigma writes it
	{`not or`, "and{*=/(?s)<not</i *=/(?s)<or</i}"},                // operators "must be capitalized"
	{`search a=1`, `a="1"`},
	{"  a=1\n", `a="1"`},
	{`*`, `yes`},
	{`NOT *`, `not{yes}`},

	// SM, "Difference between != and NOT".
	{`f="v"`, `f="v"`},
	{`NOT f="v"`, `not{f="v"}`},
	{`f!="v"`, `not{f+="v"}`},
	{`f=*`, `not{f=null}`},
	{`NOT f=*`, `not{not{f=null}}`},
	{`f="*"`, `not{f=null}`},
	{`f!=*`, `not{yes}`},

	// SR, search: fields and values, quotes and escapes.
	{`"a b"="x" a.b{}.c-d="y"`, `and{a b="x" a.b{}.c-d="y"}`},
	{`a = "x"`, `a="x"`},
	{`a="say \"hi\" \\ \| \s"`, `a="say \"hi\" \\ | \\s"`},
	{`a="C:\\Temp\\*"`, `a="C:\\Temp\\\\*"`}, // the backslash is consumed first
	{`a="x\*y"`, `a="x\\\\*y"`},              // SM, "Backslashes": no escape of the star
	{`a="x?y"`, `a="x\\?y"`},
	{`a=web* b=*x* c=x*y`, `and{a="web*" b="*x*" c="x*y"}`},
	{`a=""`, `a=""`},
	{`a="AND" b="IN"`, `and{a="AND" b="IN"}`},
	{`a=x'y`, `a="x'y"`},

	// SR, search: IN, CIDR.
	{`a IN (1, "b c",d*)`, `or{a="1" a="b c" a="d*"}`},
	{`a IN(x)`, `a="x"`},
	{`ip="10.1.0.0/8" ip="fe80::/10"`, `and{ip=10.0.0.0/8 ip=fe80::/10}`},
	{`ip="10.0.0.0/99" ip=10.0.0.1`, `and{ip="10.0.0.0/99" ip="10.0.0.1"}`},

	// SR, search: "1 does not match 1.0"; order is numeric if both sides are numbers, else lexicographic.
	{`a=10 b=1.0`, `and{a="10" b="1.0"}`},
	{`a>10`, `or{and{a=number a=>10} and{not{a=number} a=/(?s)\A(?:[2-\x{10FFFF}]|1(?:[1-\x{10FFFF}]|0.))/}}`},
	{`a<="b"`, `a=/(?s)\A(?:\z|[\x{0}-a]|b\z)/`},

	// SM, "Use CASE() and TERM() to match phrases".
	{`host=CASE(LOCALHOST)`, `host=cased "LOCALHOST"`},
	{`CASE(%ASA-1*) TERM(127.0.0.1)`, `and{*=/(?s)%ASA-1/ *=/(?s)<<127\.0\.0\.1<</i}`},

	// SM, "Event segmentation and searching": keywords are whole segments.
	{`foo`, `*=/(?s)<foo</i`},
	{`"foo bar"`, `*=/(?s)<foo bar</i`},
	{`*foo*`, `*="*foo*"`},
	{`foo*`, `*=/(?s)<foo/i`},
	{`*foo`, `*=/(?s)foo</i`},
	{`"\\foo"`, `*=/(?s)\\foo</i`},
	{`"fo*o"`, `*=/(?s)<fo.*o</i`},
	{`fieldA in (x)`, `and{*=/(?s)<fieldA</i *=/(?s)<in</i *=/(?s)<x</i}`}, // IN "must be in uppercase"

	// SR, where: case counts, = is ==, single quotes are round names.
	{`* | where 'a b'="X"`, `and{yes a b?=cased "X"}`},
	{`* | where a=="x" AND b=="y" OR c=="z"`, `and{yes or{and{a?=cased "x" b?=cased "y"} c?=cased "z"}}`}, // AND before OR
	{`* | where NOT a=="x" AND b=="y"`, `and{yes and{not{a?=cased "x"} b?=cased "y"}}`},
	{`* | where a!="x"`, `and{yes not{a?=cased "x"}}`},
	{`* | where "x"==a`, `and{yes a?=cased "x"}`},
	{`* | where lower(a)=="x" OR upper(a)=="X"`, `and{yes or{a?="x" a?="X"}}`},
	{`* | where lower(a)=="X"`, `and{yes not{a?="*"}}`}, // no lower-case text has a capital
	{`* | where a=="C:\\x\"\t"`, `and{yes a?=cased "C:\\x\"\t"}`},
	{`* | where a in ("x","y") OR in(b,"z")`, `and{yes or{or{a?=cased "x" a?=cased "y"} b?=cased "z"}}`},
	{`* | where a>"m"`, `and{yes a?=/(?s)\A(?:[n-\x{10FFFF}]|m.)/}`},
	{`* | where 'a'='b' OR lower(a)==lower(b)`, `and{yes or{a?=cased exact field b a?=exact field b}}`},
	{`* | where substr(lower(a),1,len(b))==lower(b)`, `and{yes a?=prefix field b}`},
	{`* | where len(a)-len(b)>=0 AND substr(a,len(a)-len(b)+1)==b`, `and{yes a?=cased suffix field b}`},
	{`* | where mvcount(split(lower(a),lower(b)))>1`, `and{yes a?=substring field b}`},
	{`* | where tonumber(a)>-5`, `and{yes or{and{a=number a?=>-5} and{not{a=number} unknown}}}`},
	{`* | where tonumber(strftime(_time,"%H"))>=5`, `and{yes _time?=hour>=5}`},
	{`* | where !true() OR false()`, `and{yes or{not{yes} no}}`},

	// SR, "Comparison and Conditional functions".
	{`* | where like(a,"x%_y*")`, `and{yes a?=cased "x?*y\\*"}`},
	{`* | where a LIKE "x%"`, `and{yes a?=cased "x*"}`},
	{`* | where match(a,"x.y")`, `and{yes a?=/x.y/}`},
	{`* | where match(a,"^x$")`, "and{yes or{a?=cased \"x\\n\" a?=cased \"x\"}}"},
	{`* | where match(_raw,"x")`, `and{yes *?=cased "*x*"}`},
	{`* | where cidrmatch("10.0.0.0/8",ip)`, `and{yes ip?=10.0.0.0/8}`},
	{`* | where isnull(a) OR isnotnull('b c')`, `and{yes or{a=null not{b c=null}}}`},
	{`* | where searchmatch("a=x b")`, `and{yes and{a="x" *=/(?s)<b</i}}`},
	{`* | where if(match(a,"x"),1,0)=0`, `and{yes or{and{known{a?=cased "*x*"} no} and{not{known{a?=cased "*x*"}} yes}}}`},
	{`* | where coalesce(a,"")==""`, `and{yes or{and{not{a=null} a?=cased ""} and{and{a=null not{no}} yes} and{and{a=null no} unknown}}}`},

	// SR, regex: != keeps events without the field.
	{`* | regex a="x+"`, `and{yes a=/x+/}`},
	{`* | regex a!="x+"`, `and{yes not{a=/x+/}}`},
	{`* | regex "x+"`, `and{yes *=/x+/}`},
	{`* | regex cs-uri = "a|b" `, `and{yes or{cs-uri=cased "*a*" cs-uri=cased "*b*"}}`},

	// Stages are conjunctions; fields that eval and rex compute are replaced by what they are.
	{`a=1 | search b=2 OR c=3 | where d=="x"`, `and{a="1" or{b="2" c="3"} d?=cased "x"}`},
	{`* | eval x=if(isnull(a),"yes","no") | search x=YES`,
		`and{yes or{and{known{a=null} yes} and{not{known{a=null}} no}}}`},
	{`* | rex field=a "(?<g>x)" | where isnotnull(g)`,
		`and{yes not{or{and{a=/(?P<g>x)/ no} and{not{a=/(?P<g>x)/} g=null}}}}`},
	{`* | eval x=a, y=lower(x) | where y=="b" | search x="C"`, `and{yes a?="b" a="C"}`},
	{`a="|" | table a, b`, `a="|"`},
	{`| search a=1`, `a="1"`},
	{`* | search`, `and{yes yes}`},
}

func TestRead(t *testing.T) {
	for _, c := range readCases {
		q, err := splunkread.Read(c.query, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		if got := tree(q.Where); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.query, got, c.want)
		}
	}
}

// TestReadings reads what the documents leave open in the other way.
func TestReadings(t *testing.T) {
	for _, c := range []struct {
		reading     splunkread.Reading
		query, want string
	}{
		{splunkread.Reading{AndFirst: true}, `a=1 b=2 OR NOT c=3 AND (d=4 e=5 OR f=6)`,
			`or{and{a="1" b="2"} and{not{c="3"} or{and{d="4" e="5"} f="6"}}}`},
		{splunkread.Reading{RawRegexps: true}, `* | regex a="C:\\x\d\"" | where match(b,"\\.\bc\1|(x)")`,
			`and{yes a=/C:\\x[0-9]"/ b?=/\\.\bc\1|(x)/}`},
		{splunkread.Reading{NullSpreads: true}, `* | where a=="x" OR isnull(b)`,
			`and{yes or{and{or{known{a?=cased "x"} known{not{a?=cased "x"}}} or{a?=cased "x" b=null}}` +
				` and{not{or{known{a?=cased "x"} known{not{a?=cased "x"}}}} unknown}}}`},
		{splunkread.Reading{NullSpreads: true}, `* | where if(a=="x",1,0)=1 OR isnull(b)`,
			`and{yes or{or{and{known{a?=cased "x"} yes} and{not{known{a?=cased "x"}} no}} b=null}}`},
		{splunkread.Reading{StarNeedsText: true}, `f=* NOT g=* h!=*`, `and{f="?*" not{g="?*"} not{yes}}`},
		{splunkread.Reading{StarInWord: true}, `f=S*G01 g="*x*"`,
			`and{f=/(?s)\AS[^\[\]<>(){}|!;,'"*\n\r\t &?+/:=@.\-$#%\\_]*G01\z/i g="*x*"}`},
	} {
		q, err := c.reading.Read(c.query, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		if got := tree(q.Where); got != c.want {
			t.Errorf("%+v: %s:\ngot  %s\nwant %s", c.reading, c.query, got, c.want)
		}
	}
}

func TestColumnsAndIndex(t *testing.T) {
	column := func(name string) (schema.Column, bool) {
		return schema.Column{Name: name, Type: schema.Int}, name == "n"
	}
	q, err := splunkread.Read(`index=main n>5 m>5`, readback.Options{Column: column})
	if err != nil {
		t.Fatal(err)
	}
	want := `and{index="main" n=>5 or{and{m=number m=>5} and{not{m=number} m=/(?s)\A(?:[6-\x{10FFFF}]|5.)/}}}`
	if got := tree(q.Where); q.Table != "main" || got != want {
		t.Errorf("index %q, %s, want %s", q.Table, got, want)
	}
}

// TestRefused reads queries that Splunk refuses, and queries that may be right
// and are not read.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		query   string
		offset  int
		foreign bool
		want    string
	}{
		{``, 0, false, `the query is empty`},
		{` `, 0, false, `the query is empty`},
		{`a=1 |`, 5, false, `a command is missing behind a pipe`},
		{`a=1 | | where b=="x"`, 6, false, `a command is missing behind a pipe`},
		{"\n| rex field=a \"(?<b>c)\"", 3, false, `rex has no events to work on`},
		{`| where a=="x"`, 2, false, `where has no events to work on`},
		{`| eval a=1`, 2, true, `eval at the beginning`},
		{`| tstats count`, 9, false, `tstats takes a function and, behind from, a data model`},
		{`| tstats count from sid=1`, 19, true, `tstats from anything but a dataset of a data model is not read`},
		{`| tstats prestats=t count from datamodel=A.B`, 9, true, `the option prestats of tstats is not read`},
		{`| tstats count from datamodel=A.B where C.f="x"`, 39, true, `"C.f" is no field of the dataset: its name begins with B.`},
		{`| tstats count from datamodel=A.B where "x"`, 39, true, `a data model does not keep the raw event`},
		{`| tstats count from datamodel=A.B where B.f="x`, 44, false, `the quote is not closed`},
		{`| tstats count from datamodel=A.B by B.f | where 'B.g'=="x"`, 49, false, `the rows of tstats have no field "B.g": it is not in by`},
		{`* | tstats count from datamodel=A.B`, 4, false, `tstats generates events`},
		{`* | from datamodel:"A.B"`, 4, false, `from generates events`},
		{`| from lookup:x`, 7, true, `from anything but a data model is not read`},
		{`| from datamodel:"A"`, 7, true, `is no data model and dataset`},
		{`| from datamodel:"A.B`, 17, false, `the quote is not closed`},
		{`| rename a as b`, 2, false, `rename has no events to work on`},
		{`a=1 | search OR b=2`, 13, false, `"OR" stands where a term is expected`},
		{`a=1 OR`, 6, false, `a term is missing behind "OR"`},
		{`a=1 OR AND b=2`, 7, false, `"AND" stands where a term is expected`},
		{`(a=1`, 4, false, `a parenthesis is not closed`},
		{`a=1)`, 3, false, `a parenthesis is closed that was not opened`},
		{`()`, 1, false, `")" stands where a term is expected`},
		{`NOT`, 3, false, `a term is missing behind "NOT"`},
		{`a=`, 2, false, `a value is missing behind "="`},
		{`a="x`, 2, false, `the quote is not closed`},
		{`a="C:\"`, 2, false, `the quote is not closed`},
		{`a=IN`, 2, false, `IN is an operator`},
		{`AND=x`, 0, false, `AND is an operator`},
		{`a IN ()`, 6, false, `a value is missing in the list of IN`},
		{`a IN (1 2)`, 8, false, `between the values of IN stands a comma`},
		{`a IN (1`, 5, false, `the list of IN is not closed`},
		{`a NOT IN (1)`, 6, false, `IN is an operator`},
		{`=x`, 0, false, `"=" stands where a word or string is expected`},
		{`a==x`, 2, true, `== is not one of the comparisons`},
		{`a=b=c`, 3, true, `"=" inside of a value`},
		{`a="x"y`, 5, true, `'y' next to a value`},
		{`a=(b OR c)`, 2, true, `a list of values`},
		{`a XOR b`, 2, true, `XOR in a search clause`},
		{"a=\"x\ny\"", 2, true, `what a line break in a string means`},
		{`a=CASE("x y")`, 6, true, `only a single term is documented for CASE()`},
		{`a=TERM(x)`, 2, true, `what TERM() means for a field`},
		{`[search a=1]`, 0, true, `a macro or subsearch`},
		{"`macro`", 0, true, `a macro or subsearch`},
		{`a=x[1]`, 3, true, `'[' next to a value`},
		{`earliest=-1h a=1`, 0, true, `earliest does not compare a field`},
		{`startdaysago=1`, 0, true, `startdaysago does not compare a field`},
		{`tag=x`, 0, true, `tag does not compare a field`},
		{`a::b=1`, 0, true, `an indexed field`},
		{`a*=1`, 0, true, `a name that stands for several fields`},
		{`a>x*`, 2, true, `a> is not read for a wildcard`},
		{`""`, 0, true, `what an empty phrase finds`},
		{"a\xff", 0, true, `the query is not UTF-8`},

		{`* | where`, 9, false, `where has no condition`},
		{`* | where a`, 10, false, `a condition is expected`},
		{`* | where "x" OR a=="x"`, 10, false, `a condition is expected`},
		{`* | where a==`, 13, false, `a term is missing behind "=="`},
		{`* | where a=="x" b=="y"`, 17, false, `"b" stands where an operator is expected`},
		{`* | where a=="x" and b=="y"`, 17, false, `"and" stands where an operator is expected`},
		{`* | where 5a=="x"`, 10, false, `a field name that begins with a digit stands in single quotes`},
		{`* | where 'a=="x"`, 10, false, `the single quote is not closed`},
		{`* | where a?=="x"`, 11, false, `'?' stands for nothing in an expression`},
		{`* | where foo(a)`, 10, false, `there is no function foo()`},
		{`* | where match(a)`, 10, false, `match() takes another number of arguments than 1`},
		{`* | where len(a)`, 10, false, `len() is neither true nor false`},
		{`* | where a=="\q"`, 13, true, `what \q means in a string of an expression`},
		{`* | where match(a,"\bx")`, 18, true, `what \b means in a string of an expression`},
		{`* | where like(a,"x\\%")`, 17, true, `whether a backslash escapes`},
		{`* | where a=="5"`, 10, true, `whether == compares a text with the number "5"`},
		{`* | where a==5`, 10, true, `whether == compares a text with the number "5"`},
		{`* | where a>5`, 10, true, `how a text compares with a number`},
		{`* | where a-b=="x"`, 10, true, `a calculation with "-"`},
		{`* | where a.b=="x"`, 10, true, `a calculation with "."`},
		{`* | where a=="x" XOR b=="y"`, 10, true, `XOR`},
		{`* | where match(lower(a),"x")`, 10, true, `match() of anything but a field`},
		{`* | where isnum(a)`, 10, true, `isnum() as a condition`},
		{`* | where mvcount(a)>1`, 10, true, `the value of mvcount()`},

		{`* | regex`, 9, false, `regex takes a field`},
		{`* | regex a="x" b="y"`, 16, false, `behind the expression of regex`},
		{`* | regex a=x`, 12, true, `a regular expression without quotes`},
		{`* | regex a="("`, 12, false, `a parenthesis is not closed`},
		{`* | regex NOT a="x"`, 10, false, `regex takes a field`},
		{`* | rex field=a "x"`, 16, false, `rex extracts nothing`},
		{`* | rex field=a "(?<c-uriMatch>x)"`, 16, false, `the name of a group has letters`},
		{`* | rex field=a "(?<g>x)?"`, 16, true, `whether the group g has a text`},
		{`* | rex field=a "(?<g>x*)"`, 16, true, `whether the group g has a text`},
		{`* | rex field=a mode=sed "s/a/b/"`, 16, true, `a regular expression without quotes`},
		{`* | rex field=a "(?<g>x)" max_match=0`, 26, true, `an option of rex`},
		{`* | rex field=a "(?<g>x)" | where g=="x"`, 34, true, `a comparison of this value`},
		{`* | eval`, 8, false, `eval has no expression`},
		{`* | eval a`, 10, false, `a term is missing behind "a"`},
		{`* | eval a-b=1`, 10, false, `"-" stands where an operator is expected`},
		{`* | eval a=len(b)`, 11, true, `the value of len()`},
		{`* | table a | search b=1`, 14, true, `a command behind table`},
		{`* | table`, 9, false, `table without fields`},
		{`* | stats count by a`, 4, true, `the command "stats" is not read`},
		{"* | `macro`", 4, true, `a macro or subsearch`},
		{`* | =`, 4, false, `behind a pipe stands the name of a command`},
	} {
		_, err := splunkread.Read(c.query, readback.Options{})
		var e *readback.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: no error", c.query)
			continue
		}
		if e.Offset != c.offset || e.Foreign != c.foreign || !strings.Contains(e.Msg, c.want) {
			t.Errorf("%q: at %d, foreign %t: %s; want at %d, foreign %t: %s", c.query, e.Offset, e.Foreign, e.Msg, c.offset, c.foreign, c.want)
		}
	}
}

// TestHostile reads queries that are large or deep: each ends soon, with an
// error or a tree.
func TestHostile(t *testing.T) {
	for name, q := range map[string]string{
		"parentheses":      strings.Repeat("(", 100_000) + "a" + strings.Repeat(")", 100_000),
		"open parentheses": strings.Repeat("(", 100_000),
		"nots":             strings.Repeat("NOT ", 100_000) + "a",
		"terms":            strings.Repeat("a=1 OR ", 100_000) + "a=1",
		"list":             "a IN (" + strings.Repeat("1,", 50_000) + "1)",
		"stages":           strings.Repeat("a=1 | search ", 10_000) + "a",
		"where":            "* | where " + strings.Repeat("(", 100_000),
		"calls":            "* | where " + strings.Repeat("if(", 50_000),
		"sums":             "* | where 1" + strings.Repeat("+1", 300_000) + "==1",
		"bangs":            "* | where " + strings.Repeat("!", 300_000) + "a",
		"groups":           `* | regex a="` + strings.Repeat("(", 30_000) + strings.Repeat(")", 30_000) + `"`,
		"coalesce":         "* | where coalesce(" + strings.Repeat("a,", 100_000) + "a)==\"x\"",
		"alternatives":     `* | regex a="` + strings.Repeat("(a|b)", 5_000) + `"`,
		"long":             strings.Repeat("a", 1<<20+1),
	} {
		_, err := splunkread.Read(q, readback.Options{})
		_, err2 := splunkread.Reading{AndFirst: true, NullSpreads: true}.Read(q, readback.Options{})
		t.Logf("%s: %.100v, %.100v", name, fmt.Sprint(err), fmt.Sprint(err2))
	}
	// Conditions inside of conditions multiply.
	eval, flat := "* | eval x0=\"a\"", "* | eval x0=\"a\""
	for i := range 60 {
		eval += fmt.Sprintf(` | eval x%d=if(x%d=="a",x%d,x%d)`, i+1, i, i, i)
		flat += fmt.Sprintf(` | eval x%d=if(b=="c",x%d,x%d)`, i+1, i, i)
	}
	for _, q := range []string{eval, flat, eval + ` | search x60=a`, eval[:strings.Index(eval, "x4=")-len(" | eval ")] + ` | search x3=a`, `* | where a=="x"` + strings.Repeat(` OR (b=="y" AND NOT (c=="z"`, 90) + strings.Repeat("))", 90)} {
		for _, r := range splunkread.Readings() {
			read, err := r.Read(q, readback.Options{})
			var e *readback.Error
			switch {
			case err == nil:
				readback.Meaning(read.Where) // which follows what is shared again and again
			case !errors.As(err, &e) || !e.Foreign:
				t.Errorf("%v", err)
			}
		}
	}
}
