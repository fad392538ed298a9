package pack

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// unknown warns of what the Config says of rules that there are not.
func (c *Config) unknown(l *library, warn func(*sigma.Error)) {
	known := make(map[string]bool)
	var all []string
	l.each(func(u *unit) {
		m := u.doc.Metadata()
		for _, name := range []string{m.ID, m.Name, m.Title} {
			known[name] = true
			all = append(all, name)
		}
		known[strings.ToLower(m.ID)] = true
	})
	about := func(pos sigma.Pos, name string, lower bool) {
		if known[name] || lower && known[strings.ToLower(name)] {
			return
		}
		hint := ""
		if near := sigma.Nearest(name, all[:min(len(all), 10_000)]); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		warn(&sigma.Error{Pos: pos, Code: sigma.UnknownName, Msg: fmt.Sprintf("no rule has the id, name or title %q", name), Hint: hint})
	}
	for _, t := range c.Targets {
		for _, name := range sorted(t.about) {
			about(t.about[name], name, sigma.IsUUID(strings.ToLower(name)))
		}
	}
	for _, s := range append([]*Selection{c.Select}, selections(c.Targets)...) {
		if s != nil {
			for _, p := range s.Without {
				about(p.Pos, p.Text, true)
			}
		}
	}
}

func selections(list []*Target) []*Selection {
	var out []*Selection
	for _, t := range list {
		out = append(out, t.Select)
	}
	return out
}
