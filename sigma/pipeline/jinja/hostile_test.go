package jinja_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// bombs are templates that would take all time or memory there is.
var bombs = map[string]string{
	"loops":             `{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}`,
	"loops that print":  `{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}`,
	"conditions":        `{% for a in range(50000) %}{% for b in range(50000) if false %}{% endfor %}{% endfor %}`,
	"range":             `{{ range(10**9)|length }}`,
	"range down":        `{{ range(0, -(10**18), -1)|length }}`,
	"repeat":            `{{ 'a' * 10**10 }}`,
	"repeat a list":     `{{ ([1] * 10**10)|length }}`,
	"repeat repeats":    `{{ ('a' * 10000) * 1000000 }}`,
	"power":             `{{ 10 ** 10 ** 10 }}`,
	"doubling":          `{% set x = 'a' %}` + strings.Repeat(`{% set x = x ~ x %}`, 64) + `{{ x|length }}`,
	"doubling in place": `{{ ` + strings.Repeat(`(`, 60) + `'ab'` + strings.Repeat(`*1000)`, 60) + ` }}`,
	"laughing lists":    `{% set x = ['ha'] %}` + strings.Repeat(`{% set x = [x, x, x, x, x, x, x, x, x, x] %}`, 20) + `{{ x }}`,
	"laughing JSON":     `{% set x = ['ha'] %}` + strings.Repeat(`{% set x = [x, x, x, x, x, x, x, x, x, x] %}`, 20) + `{{ x|tojson }}`,
	"laughing equals":   `{% set x = ['ha'] %}{% set y = ['ha'] %}` + strings.Repeat(`{% set x = [x, x, x, x, x, x] %}{% set y = [y, y, y, y, y, y] %}`, 20) + `{{ x == y }}`,
	"laughing sort":     `{% set x = ['ha'] %}{% set y = ['ha'] %}` + strings.Repeat(`{% set x = [x, x, x, x, x, x] %}{% set y = [y, y, y, y, y, y] %}`, 20) + `{{ [x, y]|sort|length }}`,
	"replace":           `{% set x = 'a' * 1000000 %}{{ x|replace('a', x)|length }}`,
	"replace nothing":   `{% set x = 'a' * 1000000 %}{{ x.replace('', x)|length }}`,
	"join":              `{% set x = 'a' * 1000000 %}{{ range(100000)|join(x)|length }}`,
	"join method":       `{% set x = 'a' * 1000000 %}{{ x.join(range(10000)|map('string'))|length }}`,
	"center":            `{{ 'a'|center(10**12) }}`,
	"zfill":             `{{ 'a'.zfill(10**12) }}`,
	"indent":            `{% set x = '\na' * 500000 %}{{ x|indent(10000) }}`,
	"batch":             `{{ [1]|batch(10**9, 1)|length }}`,
	"json indent":       `{{ [1]|tojson(indent=10**12) }}`,
	"round":             `{{ 1.5|round(10**9) }}`,
	"recursion":         `{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}`,
	"mutual recursion":  `{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}`,
	"deep list":         `{% set n = namespace(x=[]) %}{% for i in range(100000) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}`,
	"deep equals":       `{% set n = namespace(x=[], y=[]) %}{% for i in range(100000) %}{% set n.x = [n.x] %}{% set n.y = [n.y] %}{% endfor %}{{ n.x == n.y }}`,
	"searching":         `{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{{ 'b' in x }}{% endfor %}`,
	"counting":          `{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{{ x|length }}{% endfor %}`,
	"comparing":         `{% set x = 'a' * 1000000 %}{% set y = 'a' * 1000000 %}{% for i in range(100000) %}{{ x == y }}{% endfor %}`,
	"looking up":        `{% set x = 'a' * 1000000 %}{% set m = {} %}{% for i in range(100000) %}{{ m[x] }}{% endfor %}`,
	"splitting":         `{% set x = 'a ' * 500000 %}{% for i in range(1000) %}{{ x.split()|length }}{% endfor %}`,
	"characters":        `{% set x = 'a' * 1000000 %}{% for i in range(1000) %}{{ x|list|length }}{% endfor %}`,
	"upper":             `{% set x = 'a' * 1000000 %}{% for i in range(1000) %}{{ x|upper|length }}{% endfor %}`,
	"captured":          `{% for i in range(100000) %}{% set x %}{{ 'a' * 100000 }}{% endset %}{% endfor %}`,
	"escaping":          `{% set x = '<' * 1000000 %}{% for i in range(1000) %}{{ x|e|length }}{% endfor %}`,
}

// TestBombs runs templates that a budget must stop, and looks at how much memory
// they took until then.
func TestBombs(t *testing.T) {
	for name, source := range bombs {
		t.Run(name, func(t *testing.T) {
			tpl, err := jinja.Compile(source, false)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out, err := tpl.Render(nil, 1<<20)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatalf("it made %d bytes", len(out))
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 512 {
				t.Errorf("it took %d MiB before %v", took, err)
			}
		})
	}
}

// TestDeep reads templates that are nested too deep, which is an error with a
// place.
func TestDeep(t *testing.T) {
	for _, source := range []string{
		"{{ " + strings.Repeat("(", 50000) + "1",
		"{{ " + strings.Repeat("[", 50000),
		"{{ " + strings.Repeat("-", 50000) + "1 }}",
		"{{ " + strings.Repeat("not ", 50000) + "1 }}",
		"{{ 1" + strings.Repeat(" if 1 else 1", 20000) + " }}",
		"{{ x" + strings.Repeat(".x", 50000) + " }}",
		strings.Repeat("{% if 1 %}", 20000),
		strings.Repeat("{% for x in y %}", 10000),
		strings.Repeat("a", 300<<10),
	} {
		_, err := jinja.Compile(source, false)
		if e := (*pipeline.TemplateError)(nil); !errors.As(err, &e) {
			t.Errorf("%.30q: %v", source, err)
		}
	}
	long := "{{ 1" + strings.Repeat(" + 1", 60000) + " }}"
	if out, err := render(long, false, nil); err != nil || out != "60001" {
		t.Errorf("got %q, %v", out, err)
	}
}

// TestReach looks for ways out of a template.
func TestReach(t *testing.T) {
	for _, source := range []string{
		"{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% from 'x' import y %}", "{% extends 'x' %}",
	} {
		if _, err := jinja.Compile(source, false); err == nil || !strings.Contains(err.Error(), "cannot read others") {
			t.Errorf("%q: %v", source, err)
		}
	}
	for _, source := range []string{
		"{{ ''.__class__ }}", "{{ [].__class__.__base__ }}", "{{ range.__globals__ }}", "{{ self }}", "{{ lipsum }}", "{{ cycler }}", "{{ open }}", "{{ config }}",
	} {
		if out, err := render(source, false, nil); err == nil && strings.TrimSpace(out) != "" {
			t.Errorf("%q made %q", source, out)
		}
	}
}

// FuzzRender reads and runs anything: there is no panic, a mistake has a
// message, and no result is longer than it may be.
func FuzzRender(f *testing.F) {
	for _, source := range bombs {
		f.Add(source, false)
	}
	for _, source := range []string{"{{ a|b(c.d[1:2:3], e=f) if g is not h else [i, {'j': k}] }}", "{% raw %}{% endraw %}{#- -#}{%- set x -%}{%- endset -%}"} {
		f.Add(source, true)
	}
	values := context(f)
	f.Fuzz(func(t *testing.T, source string, autoescape bool) {
		tpl, err := jinja.Compile(source, autoescape)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a message")
			}
			return
		}
		const most = 1000
		if out, err := tpl.Render(values, most); err == nil && len(out) > most {
			t.Errorf("%q made %d bytes", source, len(out))
		}
	})
}
