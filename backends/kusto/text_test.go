package kusto

import (
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func TestText(t *testing.T) {
	run(t, given{}, []testCase{
		{"V1 equal", `{Image: 'C:\a.exe'}`, `Image =~ @"C:\a.exe"`},
		{"V1 no letters", `{Port: '443'}`, `Port == "443"`},
		{"M6 contains", `{A|contains: b}`, `A contains "b"`},
		{"M6 startswith", `{A|startswith: b}`, `A startswith "b"`},
		{"M6 endswith", `{A|endswith: b}`, `A endswith "b"`},
		{"M9 Q24 C3 cased", `{A|cased: MiMi}`, `A == "MiMi"`},
		{"M9 cased contains", `{A|contains|cased: MiMi}`, `A contains_cs "MiMi"`},
		{"M9 cased startswith", `{A|startswith|cased: b}`, `A startswith_cs "b"`},
		{"M9 cased endswith", `{A|endswith|cased: b}`, `A endswith_cs "b"`},
		{"M9 cased wildcard", `{A|cased: 'b*C'}`, `A matches regex @"(?s)\Ab.*C\z"`},
		{"C3 cased list", `{A|cased: [b, C]}`, `A in ("b", "C")`},
		{"W1 K11 star alone", `{A: '*'}`, `isnotempty(A)`},
		{"W1 Q5 K6 wildcards inside", `{A|contains: 'a*b?c'}`, `A matches regex @"(?is)a.*b.c"`},
		{"W1 anchored", `{A: 'b?.exe'}`, `A matches regex @"(?is)\Ab.\.exe\z"`},
		{"W3 Q7 literal star", `{A|contains: '/tn \*'}`, `A contains "/tn *"`},
		{"W3 literal question mark", `{A|endswith: '\?'}`, `A endswith "?"`},
		{"W5 backslash and star", `{A: 'C:\\*'}`, `A startswith @"C:\"`},
		{"W7 two backslashes", `{A|startswith: '\\\\srv'}`, `A startswith @"\\srv"`},
		{"signs of regular expressions", `{A: '[a].(b)*{c}|^$+-#~&/'}`, `A matches regex @"(?is)\A\[a\]\.\(b\).*\{c\}\|\^\$\+-#~&/\z"`},
		{"Q28 K10 line break", `{A: "a\r\nb\t\\"}`, `A =~ "a\r\nb\t\\"`},
		{"Q28 line break in a pattern", `{A: "a\n*\x0C\x01b"}`, `A matches regex @"(?is)\Aa\n.*\f\x{1}b\z"`},
		{"quotes", `{A: 'a"b'}`, `A =~ @"a""b"`},
		{"quotes in a pattern", `{A: 'a"*b'}`, `A matches regex @"(?is)\Aa"".*b\z"`},
		{"V2 letters beyond ASCII", `{A|contains: 'Été'}`, `A matches regex @"(?i)été"`},
		{"V2 letters beyond ASCII, cased", `{A|contains|cased: 'Été'}`, `A contains_cs "Été"`},
		{"V2 signs without case", `{A|contains: '漢字 €'}`, `A contains "漢字 €"`},
		{"characters that do not print", `{A|contains: "a\u202Eb"}`, `A contains "a\u202Eb"`},
		{"V4 empty", `{A: ''}`, `isempty(A)`},
		{"M12 windash", `{A|windash|contains: ' -a'}`,
			`A contains " -a" or A contains " /a" or A contains " –a" or A contains " —a" or A contains " ―a"`},
	})
}

func TestNames(t *testing.T) {
	run(t, given{}, []testCase{
		{"Q21 K4 C9 blank", `{'Some Field': x}`, `['Some Field'] =~ "x"`},
		{"K4 dash", `{c-uri|contains: x}`, `['c-uri'] contains "x"`},
		{"K4 list", `{'c-uri|contains': ['a*b', c]}`, `['c-uri'] contains "c" or ['c-uri'] matches regex @"(?is)a.*b"`},
		{"dot", `{userIdentity.arn: x}`, `['userIdentity.arn'] =~ "x"`},
		{"digit first", `{1day: x}`, `['1day'] =~ "x"`},
		{"keyword", `{where: x}`, `['where'] =~ "x"`},
		{"type", `{time: x}`, `['time'] =~ "x"`},
		{"no keyword with capitals", `{Time: x}`, `Time =~ "x"`},
		{"quote", `{"it's": x}`, `['it\'s'] =~ "x"`},
		{"backslash", `{'a\b': x}`, `['a\\b'] =~ "x"`},
		{"letters beyond ASCII", `{Größe: x}`, `['Größe'] =~ "x"`},
	})
}

func TestLists(t *testing.T) {
	run(t, given{}, []testCase{
		{"S4 texts", `{A: [a, B]}`, `A in~ ("a", "B")`},
		{"S4 texts without letters", `{A: ['1', '2']}`, `A in ("1", "2")`},
		{"Q6 K7 mixed", `{Image: ['*\a.exe','b?.exe','c']}`,
			`Image =~ "c" or Image endswith @"\a.exe" or Image matches regex @"(?is)\Ab.\.exe\z"`},
		{"K7 patterns in one expression", `{A: ['a*b', 'c?d', '*É']}`, `A matches regex @"(?is)\Aa.*b\z|\Ac.d\z|é\z"`},
		{"Q12 K2 numbers", `{DestinationPort: [4444, 8443]}`, `DestinationPort in (4444, 8443)`},
		{"numbers and texts", `{EventID: [4624, '46*']}`, `EventID == "4624" or EventID startswith "46"`},
		{"empty value", `{A: ['', a, b]}`, `A in~ ("a", "b") or isempty(A)`},
		{"M4 K9 all", `{A|contains|all: [a, b]}`, `A contains "a" and A contains "b"`},
		{"K9 plain values are no terms", `{sel: {A: a}, two: {A: b}, condition: sel and two}`, `A =~ "a" and A =~ "b"`},
		{"C1 not windash", `{sel: {A|windash: 'x -a'}, condition: not sel}`,
			`not(A in~ ("x -a", "x /a", "x –a", "x —a", "x ―a"))`},
		{"Q1 groups", `{a: [{Image|endswith: '\net.exe'}, {OriginalFileName: net.exe}], b: {CommandLine|contains: ' localgroup'}, condition: a and b}`,
			`(Image endswith @"\net.exe" or OriginalFileName =~ "net.exe") and CommandLine contains " localgroup"`},
		{"Q2 expressions in one of two branches", `{a: {Image|endswith: '\a.exe', CommandLine|re: 'foo.+bar'}, b: {Image|endswith: '\b.exe'}, condition: a or b}`,
			`(Image endswith @"\a.exe" and CommandLine matches regex @"foo.+bar") or Image endswith @"\b.exe"`},
	})
}

func TestNull(t *testing.T) {
	cols := map[string]schema.Type{"I": schema.Int, "D": schema.Dynamic, "B": schema.Bool, "T": schema.Time, "G": schema.GUID}
	run(t, given{columns: cols}, []testCase{
		{"V6 Q18 K1 text", `{A: null}`, `isempty(A)`},
		{"V6 number", `{I: null}`, `isnull(I)`},
		{"V6 dynamic", `{D: null}`, `isempty(tostring(D))`},
		{"M7 Q25 exists", `{A|exists: true}`, `isnotempty(A)`},
		{"M7 exists false", `{I|exists: false}`, `isnull(I)`},
		{"M7 time", `{T|exists: true}`, `isnotnull(T)`},
		{"W1 star of a number", `{I: '*'}`, `isnotnull(I)`},
		{"Q27 not null", `{f: {A: null}, condition: not f}`, `isnotempty(A)`},
		{"N13 Q17 not", `{a: {A: x}, f: {B|endswith: y}, condition: a and not f}`, `A =~ "x" and not(tostring(B) endswith "y")`},
		{"K1 in a list", `{A: [null, x]}`, `A =~ "x" or isempty(A)`},
	})
}

func TestKeywords(t *testing.T) {
	run(t, given{}, []testCase{
		{"K1 Q14 K5", `['foo bar', 'b\c']`, `* contains "foo bar" or * contains @"b\c"`},
		{"K2 all", `{'|all': [a, b]}`, `* contains "a" and * contains "b"`},
		{"K3 wildcards", `['a*b']`, `* matches regex @"(?is)a.*b"`},
		{"K4 numbers", `[4711]`, `* contains "4711"`},
		{"M40 K5 expression", `{'|re': 'fo+o'}`, `* matches regex @"fo+o"`},
		{"C8 cased", `{'|cased': Foo}`, `* contains_cs "Foo"`},
		{"N1 not", `{k: [a, b], sel: {A: x}, condition: sel and not k}`, `A =~ "x" and not(* contains "a" or * contains "b")`},
	})
	named := given{settings: map[string]string{"keyword_columns": "Message, EventData"}, columns: map[string]schema.Type{"EventData": schema.Dynamic}}
	run(t, named, []testCase{
		{"K6 named columns", `[foo]`, `Message contains "foo" or tostring(EventData) contains "foo"`},
		{"K6 K2 named columns, all", `{'|all': [a, b]}`,
			`(Message contains "a" or tostring(EventData) contains "a") and (Message contains "b" or tostring(EventData) contains "b")`},
		{"K6 expression", `{'|re': 'a+'}`, `Message matches regex @"a+" or tostring(EventData) matches regex @"a+"`},
	})
}
