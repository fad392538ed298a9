package kusto

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A token is a piece of a query as Kusto's lexer reads it: a name, a string,
// a number or a sign, with quotes and escapes undone.
type token struct {
	kind byte // n, s, d or the first byte of a sign
	text string
}

// tokens reads a query by the lexical rules of query/scalar-data-types/string
// and of the parser of Microsoft/Kusto-Query-Language, and by nothing that the
// printer uses. Strings side by side are refused: Kusto would join them.
func tokens(s string) ([]token, error) {
	var out []token
	for s != "" {
		var t token
		var err error
		switch c := s[0]; {
		case c == ' ' || c == '\n':
			s = s[1:]
			continue
		case c == '"' || c == '\'' || c == '@':
			t.kind = 's'
			t.text, s, err = readString(s)
		case c == '[':
			t.kind = 'n'
			if t.text, s, err = readString(s[1:]); err == nil && !strings.HasPrefix(s, "]") {
				err = fmt.Errorf("no ] behind the name %q", t.text)
			}
			s = strings.TrimPrefix(s, "]")
		case wordByte(c) || c == '-':
			n := 1
			for n < len(s) && (wordByte(s[n]) || s[n] == '.' && c <= '9') {
				n++
			}
			t = token{'n', s[:n]}
			if c <= '9' {
				t.kind = 'd'
			}
			s = s[n:]
		default:
			t, s, err = readSign(s)
		}
		if err != nil {
			return out, err
		}
		if n := len(out); n > 0 && t.kind == 's' && out[n-1].kind == 's' {
			return out, fmt.Errorf("two strings side by side: %q %q", out[n-1].text, t.text)
		}
		out = append(out, t)
	}
	return out, nil
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func readSign(s string) (token, string, error) {
	for _, sign := range []string{"==", "=~", "<=", ">=", "in~", "<", ">", "(", ")", ",", "*", "~"} {
		if strings.HasPrefix(s, sign) {
			return token{sign[0], sign}, s[len(sign):], nil
		}
	}
	return token{}, "", fmt.Errorf("%.10q is no sign", s)
}

// readString reads a literal at the beginning of s.
func readString(s string) (text, rest string, err error) {
	s, verbatim := strings.CutPrefix(s, "@")
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return "", "", fmt.Errorf("%.10q is no string", s)
	}
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); {
		switch c := s[i]; {
		case c == '\r' || c == '\n':
			return "", "", fmt.Errorf("line break in a string")
		case c == quote && verbatim && i+1 < len(s) && s[i+1] == quote:
			b.WriteByte(quote)
			i += 2
		case c == quote:
			return b.String(), s[i+1:], nil
		case c == '\\' && !verbatim:
			r, n := readEscape(s[i+1:])
			if n == 0 {
				return "", "", fmt.Errorf("%.10q is no escape", s[i:])
			}
			b.WriteRune(r)
			i += 1 + n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return "", "", fmt.Errorf("a string without an end")
}

// readEscape reads what stands behind a backslash and returns how long it is,
// 0 where it is no escape.
func readEscape(s string) (r rune, n int) {
	if s == "" {
		return 0, 0
	}
	if i := strings.IndexByte(`\"'abfnrtv`, s[0]); i >= 0 {
		return rune("\\\"'\a\b\f\n\r\t\v"[i]), 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	if digits == 0 || len(s) <= digits {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil {
		return 0, 0
	}
	return rune(v), 1 + digits
}

func TestTokens(t *testing.T) {
	for query, want := range map[string]string{
		`A =~ "x"`:             `n"A" ="=~" s"x"`,
		`['a\'b'] in~ (@"""")`: `n"a'b" n"in" ~"~" ("(" s"\"" )")"`,
		`I <= -5.5`:            `n"I" <"<=" d"-5.5"`,
		`"a\u0041\\"`:          `s"aA\\"`,
		`"a" "b"`:              "two strings",
		`"\d"`:                 "no escape",
		"\"a\nb\"":             "line break",
		`@"a""`:                "without an end",
		`'it''s'`:              "two strings",
	} {
		got := ""
		ts, err := tokens(query)
		for _, t := range ts {
			got += fmt.Sprintf("%c%q ", t.kind, t.text)
		}
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// A value never leaves its literal, a name never its brackets: the query of a
// field and a value is the name, an operator and the value, nothing else.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "a", `\`, `"`, `'`, `\"`, `a" or 1==1 //`, "a\r\nb", "\x00", "\u2028\u202e\U000E0001", `@"`, "```", `['x']`, "é", "\ufffd"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if name == "" || !utf8.ValidString(name) || !utf8.ValidString(value) {
			return
		}
		r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{&ir.Match{Field: name, Test: &ir.Text{Pattern: ir.Plain(value), Cased: true}}}}
		got, j := queries(r, nil)
		want := []token{{'n', name}, {'=', "=="}, {'s', value}}
		if value == "" {
			want = []token{{'n', "isempty"}, {'(', "("}, {'n', name}, {')', ")"}}
		}
		ts, err := tokens(got[0])
		if err != nil || len(j.Errors) > 0 || fmt.Sprint(ts) != fmt.Sprint(want) {
			t.Errorf("%s: got %q %v, want %q", got[0], ts, err, want)
		}
	})
}

// All queries of SigmaHQ's rules are read by the lexical rules, and their
// parentheses agree.
func TestCorpusLex(t *testing.T) {
	root := shared.Path(t, "corpus", "sigmahq")
	count := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yml" || strings.Contains(path, "regression_data") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		docs, err := sigma.Parse(filepath.Base(path), data)
		if err != nil {
			return nil // the tests of package sigma see to those
		}
		for _, doc := range docs {
			if rule, ok := doc.(*sigma.Rule); ok {
				count += lexRule(t, rule)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 3700 {
		t.Errorf("only %d queries", count)
	}
}

// lexRule reads the queries of a rule and returns how many they are.
func lexRule(t *testing.T, rule *sigma.Rule) int {
	r, err := ir.Build(rule)
	if err != nil {
		return 0
	}
	got, j := queries(r, nil)
	for _, e := range j.Errors {
		if e.Code != sigma.BadPlaceholder {
			t.Error(e)
		}
	}
	if len(j.Errors) > 0 {
		return 0
	}
	for _, query := range got {
		ts, err := tokens(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		open := 0
		for _, k := range ts {
			switch k.kind {
			case '(':
				open++
			case ')':
				open--
			}
		}
		if open != 0 {
			t.Errorf("%s: %d parentheses stay open", query, open)
		}
	}
	return len(got)
}
