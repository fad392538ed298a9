package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// placeholderRule returns a rule with a placeholder.
func placeholderRule(t testing.TB) *ir.Rule {
	t.Helper()
	r := itemRule("User", "expand", "%admins%")
	if r == nil {
		t.Fatal("no rule")
	}
	return r
}

// TestFileSources reads files in and around the folder of a pipeline's file.
func TestFileSources(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := func(to, name string) {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	secret := write("secret.txt", "secret\n")
	write("p/in/list.txt", "inside\n")
	write("p/big.txt", strings.Repeat("a\n", 6<<20))
	write("p/many.txt", strings.Repeat("a\n", 10001))
	link("in/list.txt", "p/link.txt")
	link("../secret.txt", "p/out.txt")
	link(secret, "p/absolute.txt")
	link("../", "p/up")
	for _, c := range []struct {
		path, want, any string // any: with AnyFile; a part of the error where it begins with "error"
	}{
		{"in/list.txt", "inside", "inside"},
		{"./in/../in/list.txt", "inside", "inside"},
		{"link.txt", "inside", "inside"},
		{"../secret.txt", "error outside the folder", "error no such file"},
		{secret, "error outside the folder", "secret"},
		{"out.txt", "error escapes", "error no such file"},
		{"absolute.txt", "error escapes", "error no such file"},
		{"up/secret.txt", "error escapes", "error no such file"},
		{"in", "error not a regular file", "error not a regular file"},
		{"none.txt", "error no such file", "error no such file"},
		{"big.txt", "error more than 10485760 bytes", "error more than 10485760 bytes"},
		{"many.txt", "error 10000 are the most", "error 10000 are the most"},
		{"/dev/zero", "error outside the folder", "error not a regular file"},
	} {
		p := write("p/pipeline.yml", "transformations: [{type: file_placeholders, path: '"+c.path+"'}]\n")
		for _, any := range []bool{false, true} {
			want := c.want
			if any {
				want = c.any
			}
			got, err := applyFile(t, pipeline.Options{AnyFile: any}, p)
			if part, failed := strings.CutPrefix(want, "error "); failed {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%s, %v: got %s, %v, want %s", c.path, any, got, err, want)
				}
			} else if err != nil || !strings.Contains(got, `"`+want+`"`) {
				t.Errorf("%s, %v: got %s, %v, want %s", c.path, any, got, err, want)
			}
		}
	}
}

func applyFile(t *testing.T, o pipeline.Options, path string) (string, error) {
	t.Helper()
	p, err := o.Resolve(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Apply(placeholderRule(t), "")
	if err != nil {
		return "", err
	}
	return ir.String(r.Where[0]), nil
}

// TestParseHasNoFolder refuses files where a pipeline is in none.
func TestParseHasNoFolder(t *testing.T) {
	p := parsed(t, "transformations: [{type: file_placeholders, path: options.go}]")
	if _, err := p.Apply(placeholderRule(t), ""); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("error %v", err)
	}
}

// TestSourceOnce asks a server once, however many rules need the answer, and
// not before one does.
func TestSourceOnce(t *testing.T) {
	var asked atomic.Int32
	o := pipeline.Options{HTTP: func(ctx context.Context, r pipeline.Request) ([]byte, error) {
		asked.Add(1)
		if _, ok := ctx.Deadline(); !ok || r.MaxBytes != 10<<20 || r.TimeoutSecond != 10 || r.Method != "GET" {
			t.Errorf("request %+v", r)
		}
		return []byte("a\nb\n"), nil
	}}
	p, err := o.Parse("p.yml", []byte("transformations: [{type: http_placeholders, url: https://example.org}]"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(itemRule("User", "", "x"), ""); err != nil || asked.Load() != 0 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if r, err := p.Apply(placeholderRule(t), ""); err != nil || ir.String(r.Where[0]) != `sel{User=any{"a" "b"}}` {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// FuzzFormats reads anything as each of the formats.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{"a\nb\r\n", "x,y\n\"1\"\"\",2\n", `{"a": ["b", {"c": 1}]}`, "a: [b, *c]", "&a [*a, *a]", "\xff", "\ufeffx,y\n1,2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, params := range []string{"", ", format: csv, csv_column: x", ", format: csv, csv_column: 1, csv_has_header: false", ", format: json, jq_expression: x", ", format: yaml, jq_expression: x"} {
			o := pipeline.Options{
				Command: func(context.Context, pipeline.Command) ([]byte, error) { return data, nil },
				Select: func(string) (pipeline.Selection, error) {
					return func(v any) ([]any, error) { return []any{v}, nil }, nil
				},
			}
			p, err := o.Parse("p.yml", []byte("transformations: [{type: command_placeholders, cmd: x"+params+"}]"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Apply(placeholderRule(t), "")
			for _, e := range sigma.Errors(err) {
				if e.Msg == "" || e.Hint == "" {
					t.Errorf("%q: %v", data, e)
				}
			}
		}
	})
}
