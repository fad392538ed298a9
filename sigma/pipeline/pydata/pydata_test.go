package pydata_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

func mapOf(pairs ...any) *pydata.Map {
	m := &pydata.Map{}
	for i := 0; i < len(pairs); i += 2 {
		m.Set(pairs[i].(string), pairs[i+1])
	}
	return m
}

// TestWrite compares with what Python 3.11 prints for str(), repr() and
// json.dumps().
func TestWrite(t *testing.T) {
	level := &pydata.Object{Text: "high", Repr: "<SigmaLevel.HIGH: 4>"}
	for _, c := range []struct {
		v               any
		str, repr, json string
	}{
		{nil, "None", "None", "null"},
		{true, "True", "True", "true"},
		{int64(-5), "-5", "-5", "-5"},
		{1.0, "1.0", "1.0", "1.0"},
		{0.30000000000000004, "0.30000000000000004", "0.30000000000000004", "0.30000000000000004"},
		{1e16, "1e+16", "1e+16", "1e+16"},
		{1e-5, "1e-05", "1e-05", "1e-05"},
		{0.0001, "0.0001", "0.0001", "0.0001"},
		{123456789012345.0, "123456789012345.0", "123456789012345.0", "123456789012345.0"},
		{math.Inf(-1), "-inf", "-inf", "-Infinity"},
		{math.NaN(), "nan", "nan", "NaN"},
		{"", "", "''", `""`},
		{"it's", "it's", `"it's"`, `"it's"`},
		{`say "hi"`, `say "hi"`, `'say "hi"'`, `"say \"hi\""`},
		{`both ' and "`, `both ' and "`, `'both \' and "'`, `"both ' and \""`},
		{"a\\b\tc\nd\re", "a\\b\tc\nd\re", `'a\\b\tc\nd\re'`, `"a\\b\tc\nd\re"`},
		{"\x00\x1b\x7f", "\x00\x1b\x7f", `'\x00\x1b\x7f'`, "\"\\u0000\\u001b\x7f\""},
		{"é€\U0001F600", "é€\U0001F600", "'é€\U0001F600'", `"\u00e9\u20ac\ud83d\ude00"`},
		{"\u200b\u2028", "\u200b\u2028", `'\u200b\u2028'`, `"\u200b\u2028"`},
		{pydata.List{}, "[]", "[]", "[]"},
		{pydata.List{int64(1), "a", nil, pydata.List{2.5}}, "[1, 'a', None, [2.5]]", "[1, 'a', None, [2.5]]", `[1, "a", null, [2.5]]`},
		{&pydata.Map{}, "{}", "{}", "{}"},
		{mapOf("b", int64(1), "a", pydata.List{"x"}), "{'b': 1, 'a': ['x']}", "{'b': 1, 'a': ['x']}", `{"b": 1, "a": ["x"]}`},
		{level, "high", "<SigmaLevel.HIGH: 4>", `"high"`},
		{pydata.List{level}, "[<SigmaLevel.HIGH: 4>]", "[<SigmaLevel.HIGH: 4>]", `["high"]`},
		{json.Number("1.50"), "1.50", "1.50", "1.50"},
	} {
		str, err := pydata.AppendString(nil, c.v, 1000)
		if string(str) != c.str || err != nil {
			t.Errorf("str: got %q, %v, want %q", str, err, c.str)
		}
		repr, err := pydata.AppendRepr(nil, c.v, 1000)
		if string(repr) != c.repr || err != nil {
			t.Errorf("repr: got %q, %v, want %q", repr, err, c.repr)
		}
		text, err := pydata.AppendJSON(nil, c.v, -1, 1000)
		if string(text) != c.json || err != nil {
			t.Errorf("json: got %q, %v, want %q", text, err, c.json)
		}
	}
}

func TestIndent(t *testing.T) {
	v := mapOf("a", pydata.List{int64(1), pydata.List{}}, "b", &pydata.Map{}, "c", mapOf("d", nil))
	got, err := pydata.AppendJSON([]byte("> "), v, 2, 1000)
	const want = "> {\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {},\n  \"c\": {\n    \"d\": null\n  }\n}"
	if string(got) != want || err != nil {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

// TestBounds writes what is too long or too deep.
func TestBounds(t *testing.T) {
	laugh := pydata.List{"ha"}
	for range 40 {
		laugh = pydata.List{laugh, laugh, laugh, laugh}
	}
	deep := pydata.List{}
	for range 100000 {
		deep = pydata.List{deep}
	}
	for _, c := range []struct {
		v    any
		want error
	}{{laugh, pydata.ErrTooLong}, {"abcdefghijk", pydata.ErrTooLong}, {deep, pydata.ErrTooDeep}} {
		most := 1 << 20
		if _, ok := c.v.(string); ok {
			most = 5
		}
		if b, err := pydata.AppendString(nil, c.v, most); !errors.Is(err, c.want) || len(b) > most {
			t.Errorf("str: %d bytes, %v, want %v", len(b), err, c.want)
		}
		if b, err := pydata.AppendJSON(nil, c.v, -1, most); !errors.Is(err, c.want) || len(b) > most {
			t.Errorf("json: %d bytes, %v, want %v", len(b), err, c.want)
		}
	}
}

// TestFromYAML reads the types of YAML.
func TestFromYAML(t *testing.T) {
	var n yaml.Node
	const text = "b: [1, 0x1f, 1.5, true, null, 2024-01-02, '5', 12345678901234567890]\n1: &x {y: z}\n<<: {b: no, m: yes}\na: *x\n"
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	v, err := pydata.FromYAML(&n)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := pydata.AppendString(nil, v, 1000)
	const want = "{'b': [1, 31, 1.5, True, None, '2024-01-02', '5', '12345678901234567890'], '1': {'y': 'z'}, 'm': 'yes', 'a': {'y': 'z'}}"
	if string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestFromJSONErrors(t *testing.T) {
	deep := make([]byte, 5000)
	for i := range deep {
		deep[i] = '['
	}
	for _, text := range []string{"", "{", "[1,]", "1 2", `{"a"}`, string(deep)} {
		if v, err := pydata.FromJSON([]byte(text)); err == nil {
			t.Errorf("%.20q is %v", text, v)
		}
	}
}

// FuzzText writes a text as JSON and as YAML, which give it back.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "é", "- x", "a: b", "null", "1", "\n a\n", " ", "'", "\"", "#", "a #b", "|", "\t", "a\x00b", "\u2028", "{a}", "~", "2024-01-02", "yes", "\r\n", "\ufeff", "---", "...", "? a", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := pydata.AppendJSON(nil, pydata.List{s}, -1, 1<<20)
		if err != nil {
			return
		}
		var back []string
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%q is no JSON: %v", text, err)
		}
		if valid := string([]rune(s)); back[0] != valid {
			t.Errorf("%q came back as %q", valid, back[0])
		}
		for _, v := range []any{s, pydata.List{s, s}} {
			out, err := pydata.YAML(v, 0)
			if err != nil {
				t.Fatal(err)
			}
			var n any
			if err := yaml.Unmarshal([]byte(out), &n); err != nil {
				t.Fatalf("%q is no YAML: %v", out, err)
			}
			if list, ok := n.([]any); ok {
				n = list[1]
			}
			if n != s {
				t.Errorf("%q came back as %q from %q", s, n, out)
			}
		}
	})
}
