package kusto

import (
	"errors"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var columns = map[string]schema.Type{
	"S": schema.Keyword, "S2": schema.Keyword, "I": schema.Int, "I2": schema.Int, "F": schema.Float, "B": schema.Bool,
	"T": schema.Time, "G": schema.GUID, "D": schema.Dynamic,
}

func TestNumbers(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"V3 unknown column", `{EventID: 4688}`, `EventID == 4688`},
		{"Q20 K2 texts for numbers", `{I: ['8080', '8888']}`, `I in (8080, 8888)`},
		{"K3 number for a text", `{S: 80}`, `S == "80"`},
		{"K3 numbers for a text", `{S: [80, 443, a]}`, `S in~ ("80", "443", "a")`},
		{"V9 fraction", `{F: 0.5}`, `F == 0.5`},
		{"V9 beyond 64 bits", `{I: 18446744073709551616}`, `I == decimal(18446744073709551616)`},
		{"V9 beyond a double", `{F: 0.12345678901234567}`, `F == decimal(0.12345678901234567)`},
		{"negative", `{I: [-1, 2]}`, `I in (-1, 2)`},
		{"Q26 wildcards of a number", `{I|startswith: '44'}`, `tostring(I) startswith "44"`},
		{"expression of a number", `{I|re: '^4[0-9]$'}`, `tostring(I) matches regex @"\A4[0-9]\z"`},
		{"dynamic", `{D: 80}`, `tostring(D) == "80"`},
		{"dynamic list", `{D: [80, a]}`, `tostring(D) in~ ("80", "a")`},
		{"a column that is text elsewhere", `{a: {X: 1}, b: {X|contains: '2'}, condition: a or b}`, `X == "1" or X contains "2"`},
		{"such a column below not", `{a: {X: 1}, b: {X|re: 'b+'}, c: {X|gt: 5}, condition: a or b and not c}`,
			`X == "1" or (X matches regex @"b+" and not(coalesce(todouble(X) > 5, false)))`},
		{"a column that is compared with another", `{a: {X: true}, b: {X|fieldref: Y}, c: {Y|gt: 5}, condition: a or b or c}`,
			`X =~ "true" or (X =~ Y and isnotempty(Y)) or todouble(Y) > 5`},
		{"a column that is a date elsewhere", `{a: {X: 5}, b: {X|hour: 5}, condition: a or b}`,
			`X == "5" or datetime_part("hour", todatetime(X)) == 5`},
		{"a column that is a boolean elsewhere", `{X: [80, true]}`, `X in~ ("80", "true")`},
		{"never", `{I: [80, http]}`, `I == 80`},
	})
}

func TestOrder(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"M28", `{I|gt: 5}`, `I > 5`},
		{"M28 lte", `{F|lte: -0.5}`, `F <= -0.5`},
		{"M28 unknown column", `{X|gte: 5}`, `X >= 5`},
		{"M29 text", `{S|lt: 5}`, `todouble(S) < 5`},
		{"M29 V9 text, exactly", `{S|lt: 9007199254740993}`, `todecimal(S) < 9007199254740993`},
		{"M29 dynamic", `{D|lt: 5}`, `todouble(tostring(D)) < 5`},
		{"N13 below not", `{f: {I|gt: 5}, condition: not f}`, `not(coalesce(I > 5, false))`},
		{"N13 deep below not", `{a: {S: x}, f: {S: y, I|gt: 5}, condition: a and not f}`,
			`S =~ "x" and not(S =~ "y" and coalesce(I > 5, false))`},
		{"N13 == is never null", `{f: {I: [5, 6]}, condition: not f}`, `not(I in (5, 6))`},
		{"M28 never", `{a: {S: x}, b: {B|gt: 5}, condition: a or b}`, `S =~ "x"`},
		{"M10 neq", `{I|neq: 5}`, `not(I == 5)`},
	})
}

func TestBool(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"V8 Q13 Q22 K3 unknown column", `{Initiated: true}`, `Initiated == true`},
		{"V8 text for a boolean", `{B: 'True'}`, `B == true`},
		{"V8 boolean for a text", `{S: false}`, `S =~ "false"`},
		{"V8 dynamic", `{D: true}`, `tostring(D) =~ "true"`},
		{"V8 wildcard", `{B|startswith: tr}`, `tostring(B) startswith "tr"`},
	})
}

func TestGUID(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"equal", `{G: '5770385f-c22a-43e0-bf4c-06f5698ffbd9'}`, `G == guid(5770385f-c22a-43e0-bf4c-06f5698ffbd9)`},
		{"list", `{G: ['{5770385F-C22A-43E0-BF4C-06F5698FFBD9}', '00000000-0000-0000-0000-000000000000']}`,
			`G in (guid(5770385F-C22A-43E0-BF4C-06F5698FFBD9), guid(00000000-0000-0000-0000-000000000000))`},
		{"part", `{G|startswith: '5770'}`, `tostring(G) startswith "5770"`},
		{"no GUID", `{G: '5770385f-c22a-43e0-bf4c_06f5698ffbd9'}`, `tostring(G) =~ "5770385f-c22a-43e0-bf4c_06f5698ffbd9"`},
	})
}

func TestFieldRef(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"M37 Q23 K12 equal", `{Image|fieldref: ParentImage}`, `Image =~ ParentImage and isnotempty(ParentImage)`},
		{"M38 startswith", `{A|fieldref|startswith: C}`, `A startswith C and isnotempty(C)`},
		{"M38 endswith", `{A|fieldref|endswith: C}`, `A endswith C and isnotempty(C)`},
		{"M38 contains", `{A|fieldref|contains: C}`, `A contains C and isnotempty(C)`},
		{"M37 numbers", `{I|fieldref: I2}`, `I == I2`},
		{"M37 numbers below not", `{f: {I|fieldref: F}, condition: not f}`, `not(coalesce(I == F, false))`},
		{"M37 number and text", `{I|fieldref: S}`, `tostring(I) =~ S and isnotempty(S)`},
		{"M37 neq", `{S|fieldref|neq: S2}`, `not(S =~ S2 and isnotempty(S2))`},
	})
}

func TestTime(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"M30 hour", `{T|hour: 5}`, `datetime_part("hour", T) == 5`},
		{"M30 C4 hour gt", `{T|hour|gt: 5}`, `datetime_part("hour", T) > 5`},
		{"M30 year of a text", `{S|year: 2024}`, `datetime_part("year", todatetime(S)) == 2024`},
		{"M31 week", `{T|week: 53}`, `week_of_year(T) == 53`},
		{"N13 below not", `{f: {T|minute: 5}, condition: not f}`, `not(coalesce(datetime_part("minute", T) == 5, false))`},
		{"M32 dynamic", `{D|day: 5}`, `datetime_part("day", todatetime(tostring(D))) == 5`},
	})
}

func TestWrongType(t *testing.T) {
	for name, detection := range map[string]string{
		"M30 part of a number":   `{I|hour: 5}`,
		"M28 order of a time":    `{T|gt: 5}`,
		"M30 part of a boolean":  `{B|hour|gt: 5}`,
		"M28 below not, no less": `{f: {T|lt: 5}, condition: not f}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, j := compile(t, detection, given{columns: columns})
			if len(j.Errors) != 1 || !errors.Is(j.Errors[0], sigma.BadFieldType) || !j.Errors[0].IsValid() {
				t.Errorf("got %v, want a positioned %s", j.Errors, sigma.BadFieldType)
			}
		})
	}
}

func TestNetworks(t *testing.T) {
	run(t, given{columns: columns}, []testCase{
		{"M33 IPv4", `{A|cidr: 10.0.0.0/8}`, `ipv4_is_in_range(A, "10.0.0.0/8")`},
		{"M33 Q19 K8 C9 both", `{'src ip|cidr': ['::1/128', 'fe80::/10', 10.0.0.0/8, 192.168.0.0/16]}`,
			`ipv4_is_in_any_range(['src ip'], "10.0.0.0/8", "192.168.0.0/16") or ipv6_is_in_any_range(['src ip'], "::1/128", "fe80::/10")`},
		{"N13 below not", `{f: {A|cidr: ['fe80::/10', 10.0.0.0/8]}, condition: not f}`,
			`not(coalesce(ipv4_is_in_range(A, "10.0.0.0/8"), false) or coalesce(ipv6_is_in_range(A, "fe80::/10"), false))`},
		{"Q30 IPv6 with IPv4 inside", `{A|cidr: '::/0'}`, `A contains ":" and ipv6_is_in_range(A, "::/0")`},
		{"Q30 mapped, below not", `{f: {A|cidr: '::ffff:0:0/96'}, condition: not f}`,
			`not(A contains ":" and coalesce(ipv6_is_in_range(A, "::ffff:0.0.0.0/96"), false))`},
		{"dynamic", `{D|cidr: 10.0.0.0/8}`, `ipv4_is_in_range(tostring(D), "10.0.0.0/8")`},
		{"with other values", `{a: {A|cidr: 10.0.0.0/8}, b: {A: [x, y]}, condition: a or b}`,
			`ipv4_is_in_range(A, "10.0.0.0/8") or A in~ ("x", "y")`},
	})
}

// A list of tests of one field, as a pipeline makes it.
func TestMixedList(t *testing.T) {
	text := func(s string) ir.Test { return &ir.Text{Pattern: ir.ParsePattern(s)} }
	r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{&ir.Match{Field: "A", Test: ir.AnyOf{
		text("a*b"), &ir.Null{}, text("x"), &ir.Bool{Value: true}, text("y"), &ir.FieldRef{Field: "C", Shape: ir.Prefix, Cased: true},
	}}}}
	got, j := queries(r, nil)
	want := `A in~ ("x", "true", "y") or isempty(A) or (A startswith_cs C and isnotempty(C)) or A matches regex @"(?is)\Aa.*b\z"`
	if len(j.Errors) > 0 || got[0] != want {
		t.Errorf("got  %s %v\nwant %s", got[0], j.Errors, want)
	}
}
