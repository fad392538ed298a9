package pack

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A digest is a SHA-256.
type digest [sha256.Size]byte

// String returns the digest as manifests have it.
func (d digest) String() string { return fmt.Sprintf("%x", d[:]) }

// A source is a file of rules.
type source struct {
	name     string // relative to the folder of the Config, with slashes
	file     *sigma.File
	sum      digest
	commit   string
	filter   bool // it is one of Config.Filters
	units    []*unit
	errs     sigma.ErrorList // of documents that could not be read at all
	warnings sigma.ErrorList // of the parser
	broken   *sigma.Rule     // what could be read of them, where it is one
	err      error           // why the file cannot be read
}

// A unit is a document that a query could be made of.
type unit struct {
	of          *source
	doc         sigma.Document
	number      int             // of the document in its file
	rule        *ir.Rule        // nil where it is a correlation, a filter or wrong
	correlation *ir.Correlation // nil where it is none or wrong
	errs        sigma.ErrorList
	inner       bool // it only serves correlations
}

// A library is all rules of a Config.
type library struct {
	config   *Config
	output   string // the folder of the packs
	sources  []*source
	linked   digest                      // of all that has a bearing on other files: filters, and what correlations refer to
	links    bool                        // there are such
	named    map[*sigma.File]*sigma.File // files by the names that the system has for them
	files    map[string]*sigma.File      // by name, once they are asked for
	warnings sigma.ErrorList
}

// find finds the files of rules and filters.
func (l *library) find() error {
	rules, err := l.config.find(l.config.Rules)
	errs := sigma.Errors(err)
	filters, err := l.config.find(l.config.Filters)
	errs = append(errs, sigma.Errors(err)...)
	ours := l.config.ours(l.output)
	for _, name := range rules {
		if !slices.Contains(filters, name) && !l.config.excluded(name) && !below(name, ours) {
			l.sources = append(l.sources, &source{name: name})
		}
	}
	for _, name := range filters {
		l.sources = append(l.sources, &source{name: name, filter: true})
	}
	return errs.Err()
}

// read reads the files.
func (l *library) read(jobs int) error {
	f, err := l.config.open()
	if err != nil {
		return err
	}
	defer f.close()
	parallel(len(l.sources), jobs, func(i int) {
		s := l.sources[i]
		if s.file, s.err = f.read(s.name); s.err == nil {
			s.sum = sha256.Sum256(s.file.Data)
		}
	})
	return nil
}

// parse parses the files and finds what the documents mean together. The error
// is about filters: a pack without them would not be what is asked for.
func (l *library) parse(jobs int) error {
	parallel(len(l.sources), jobs, func(i int) { l.sources[i].parse() })
	for _, s := range l.sources {
		l.warnings = append(l.warnings, s.warnings...)
		l.links = l.links || slices.ContainsFunc(s.units, (*unit).isLink)
	}
	if l.links {
		l.link()
	}
	return l.checkFilters()
}

// isLink reports whether a document is about others.
func (u *unit) isLink() bool {
	_, rule := u.doc.(*sigma.Rule)
	return !rule
}

// parse reads the documents of the file and what each means by itself.
func (s *source) parse() {
	if s.err != nil {
		s.errs = sigma.Errors(s.err)
		return
	}
	docs, broken, warnings, errs := sigma.ParseAll(s.file)
	s.errs, s.warnings = errs, warnings
	if len(broken) == 1 && len(docs) == 0 {
		s.broken = broken[0]
	}
	for i, d := range docs {
		u := &unit{of: s, doc: d, number: i + 1}
		if r, ok := d.(*sigma.Rule); ok {
			var err error
			u.rule, err = ir.Build(r)
			u.errs = sigma.Errors(err)
		}
		s.units = append(s.units, u)
	}
}

// link puts the documents together.
func (l *library) link() {
	var docs []sigma.Document
	built := make(map[*sigma.Rule]*ir.Rule)
	bad := sha256.New()
	l.each(func(u *unit) {
		docs = append(docs, u.doc)
		if r, ok := u.doc.(*sigma.Rule); ok {
			built[r] = u.rule
		} else {
			fmt.Fprintf(bad, "%s\x00%d\x00%x", u.of.name, u.number, u.of.sum)
		}
	})
	copy(l.linked[:], bad.Sum(nil))
	set, err := ir.Link(docs, ir.LinkOptions{
		SuppressFilters: l.config.Suppress,
		Build:           func(r *sigma.Rule) (*ir.Rule, error) { return built[r], nil },
	})
	l.warnings = append(l.warnings, set.Warnings...)
	for _, e := range sigma.Errors(err) {
		if u := l.unitAt(e.Pos); u != nil {
			u.errs = append(u.errs, e)
		}
	}
	l.take(set)
}

// take gives the units what their documents mean.
func (l *library) take(set *ir.Set) {
	l.each(func(u *unit) {
		switch doc := u.doc.(type) {
		case *sigma.Rule:
			u.rule, u.inner = set.Rule(doc), !set.Alone(doc)
		case *sigma.Correlation:
			var why *sigma.Error
			if u.correlation, why = set.Correlation(doc); why != nil && len(u.errs) == 0 {
				u.errs = sigma.ErrorList{why}
			}
			u.inner = !set.Alone(doc)
		}
	})
}

// each calls f with each document.
func (l *library) each(f func(*unit)) {
	for _, s := range l.sources {
		for _, u := range s.units {
			f(u)
		}
	}
}

// unitAt returns the document that a place is in.
func (l *library) unitAt(pos sigma.Pos) *unit {
	for _, s := range l.sources {
		if s.file == nil || s.file != pos.File || len(s.units) == 0 {
			continue
		}
		i := sort.Search(len(s.units), func(i int) bool { return s.units[i].doc.Metadata().Pos.Line > pos.Line })
		return s.units[max(i-1, 0)]
	}
	return nil
}

// checkFilters returns what is wrong with filters, and with the files that are
// to hold them.
func (l *library) checkFilters() error {
	var errs sigma.ErrorList
	for _, s := range l.sources {
		if s.filter {
			errs = append(errs, s.errs...)
		}
		for _, u := range s.units {
			_, filter := u.doc.(*sigma.Filter)
			if filter {
				errs = append(errs, u.errs...)
			} else if s.filter {
				errs = append(errs, &sigma.Error{Pos: u.doc.Metadata().Pos, Code: sigma.BadSetting, Msg: "the document is no filter",
					Hint: "files of rules and correlations stand below rules"})
			}
		}
	}
	return errs.Err()
}

// meta returns what is known of the rule of a file that could not be read.
func (s *source) meta() *sigma.Meta {
	if s.broken != nil {
		return &s.broken.Meta
	}
	return &sigma.Meta{}
}

// sources returns the log sources that a document is about.
func (u *unit) sources() []sigma.LogSource {
	if u.correlation == nil {
		if r, ok := u.doc.(*sigma.Rule); ok {
			return []sigma.LogSource{r.LogSource}
		}
		return nil
	}
	var out []sigma.LogSource
	for _, m := range u.correlation.Rules() {
		out = append(out, m.Rule.Source.LogSource)
	}
	return out
}

// words returns the digest of the text of the document: what people read and
// what the rule means, with comments.
func (u *unit) words() digest {
	return sha256.Sum256([]byte(strings.TrimSpace(u.text())))
}

// text returns the lines of the document.
func (u *unit) text() string {
	if len(u.of.units) == 1 {
		return string(u.of.file.Data)
	}
	first := u.doc.Metadata().Pos.Line
	last := 0 // no limit
	if u.number < len(u.of.units) {
		last = u.of.units[u.number].doc.Metadata().Pos.Line
	}
	var b strings.Builder
	for n := first; last == 0 || n < last; n++ {
		line, ok := u.of.file.Line(n)
		if !ok || strings.HasPrefix(line, "---") && n > first {
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// shown returns errors with the names that files have for the system.
func (l *library) shown(list sigma.ErrorList) sigma.ErrorList {
	out := slices.Clone(list)
	for i, e := range list {
		if e.File == nil || l.file(e.File.Name) != e.File || e.File == l.config.File {
			continue
		}
		if l.named[e.File] == nil {
			l.named[e.File] = &sigma.File{Name: l.config.join(e.File.Name), Data: e.File.Data}
		}
		one := *e
		one.File = l.named[e.File]
		out[i] = &one
	}
	return out
}
