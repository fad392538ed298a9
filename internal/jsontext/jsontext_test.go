package jsontext

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestAppendString(t *testing.T) {
	for in, want := range map[string]string{
		"":                   `""`,
		`a"b\c`:              `"a\"b\\c"`,
		"a\nb\tc\rd":         `"a\nb\tc\rd"`,
		"\x00\x1b\x7f":       "\"\\u0000\\u001b\\u007f\"",
		"<&>é\U0001F600":     "\"<&>é\U0001F600\"",
		"a\xffb":             "\"a\ufffdb\"",
		"x\u2028y\u2029":     "\"x\\u2028y\\u2029\"",
		"\xe2\x80":           "\"\ufffd\ufffd\"",
		"\u009b\u202e\u2066": `"\u009b\u202e\u2066"`,
		`C:\Windows\a.exe`:   `"C:\\Windows\\a.exe"`,
	} {
		got := AppendString([]byte("x"), in)
		if string(got) != "x"+want {
			t.Errorf("%q gives %s, want %s", in, got[1:], want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\x00\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); got != want || strings.ContainsAny(string(AppendString(nil, s)), "\n\r") {
			t.Errorf("%q is read back as %q", s, got)
		}
	})
}

func TestAppendValue(t *testing.T) {
	for in, want := range map[string]string{
		"5, 6":                                 "5",
		"-1.50e+3}":                            "-1.50e+3",
		"true]":                                "true",
		" null\n":                              "null",
		`"a\"b\/\u0041" : 1`:                   `"a\"b\/\u0041"`,
		"\"a\xffb\u2028\x7f\"":                 "\"a\ufffdb\\u2028\\u007f\"",
		"[ 1 ,\n\t[ ] , { \"a\" : \"]\" } ] ]": `[1,[],{"a":"]"}]`,
		"{ }{}":                                "{}",
		"":                                     "",
	} {
		if got := AppendValue([]byte("x"), []byte(in)); string(got) != "x"+want {
			t.Errorf("%q gives %s, want %s", in, got[1:], want)
		}
	}
}

// FuzzAppendValue finds the same value in what is written, on one line.
func FuzzAppendValue(f *testing.F) {
	f.Add([]byte("{\"a\":[1, \"\xff\u2028\", null]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := AppendValue(nil, append(text[:len(text):len(text)], ",1]"...)) // must not panic or hang
		var a, b any
		if json.Unmarshal(text, &a) != nil {
			return
		}
		if json.Unmarshal(got, &b) != nil || !reflect.DeepEqual(a, b) || bytes.ContainsAny(got, "\n\r\u2028") {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

func TestMarshal(t *testing.T) {
	value := map[string]any{"a": "<&>\n", "b": []int{1}}
	text, err := Marshal(value)
	if want := `{"a":"<&>\n","b":[1]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
	text, err = MarshalIndent(value, " ")
	if want := "{\n \"a\": \"<&>\\n\",\n \"b\": [\n  1\n ]\n}\n"; err != nil || string(text) != want {
		t.Errorf("%q, %v; want %q", text, err, want)
	}
	if text, err := Marshal(func() {}); err == nil || len(text) > 0 {
		t.Errorf("a function is %q", text)
	}
}
