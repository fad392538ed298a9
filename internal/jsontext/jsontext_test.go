package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAppendString(t *testing.T) {
	for in, want := range map[string]string{
		"":                 `""`,
		`a"b\c`:            `"a\"b\\c"`,
		"a\nb\tc\rd":       `"a\nb\tc\rd"`,
		"\x00\x1b\x7f":     "\"\\u0000\\u001b\\u007f\"",
		"<&>é\U0001F600":   "\"<&>é\U0001F600\"",
		"a\xffb":           "\"a\ufffdb\"",
		"x\u2028y\u2029":   "\"x\\u2028y\\u2029\"",
		"\xe2\x80":         "\"\ufffd\ufffd\"",
		`C:\Windows\a.exe`: `"C:\\Windows\\a.exe"`,
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
