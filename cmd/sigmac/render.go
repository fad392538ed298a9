package main

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A piece is output that stands together, each part ending with a line break.
type piece struct {
	text        []byte
	first, last bool // the first and the last part have several lines
}

// add appends a part. A blank line keeps parts of several lines apart.
func (p *piece) add(part string) {
	lines := strings.Contains(part, "\n")
	if len(p.text) == 0 {
		p.first = lines
	} else if lines || p.last {
		p.text = append(p.text, '\n')
	}
	p.text = append(append(p.text, part...), '\n')
	p.last = lines
}

// A renderer appends what a target made of a document: the queries of a
// result or, where that is nil, the errors.
type renderer func(p *piece, d *document, t *target, result *backends.Result, errs sigma.ErrorList)

// renderText writes the queries and nothing else.
func renderText(p *piece, _ *document, _ *target, result *backends.Result, _ sigma.ErrorList) {
	if result == nil {
		return
	}
	for _, q := range result.Queries {
		p.add(q.Text)
	}
}

// A record is a line of --json. The keys, their order and their types are a
// promise to programs.
type record struct {
	File      string   `json:"file"`
	Line      int      `json:"line"` // of the document's first key; 0 where the file could not be read
	Kind      string   `json:"kind"` // rule, correlation or filter; "" where that is not known
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Level     string   `json:"level"`
	Status    string   `json:"status"`
	Tags      []string `json:"tags"`
	Target    string   `json:"target"`
	Pipelines []string `json:"pipelines"`
	Format    string   `json:"format"`
	Query     *string  `json:"query,omitempty"`
	Error     *remark  `json:"error,omitempty"` // the first error, in place of the query
	Warnings  []remark `json:"warnings"`

	Verified *verification `json:"verified,omitempty"` // with --verify, where the query was compared with its rule
	Trace    *[]changed    `json:"trace,omitempty"`    // with --trace: what the pipelines changed, in that order
}

// A remark is an error or a warning in a record.
type remark struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// renderJSON writes an object a line for each query, or one with the error.
func renderJSON(p *piece, d *document, t *target, result *backends.Result, errs sigma.ErrorList) {
	r := d.record()
	r.Target, r.Pipelines, r.Format = t.name, t.pipelines, t.format
	r.Warnings = append(r.Warnings, remarks(d.warnings)...)
	r.Verified = d.verification()
	r.Trace = d.traced()
	if result == nil {
		e := newRemark(errs[0])
		r.Error = &e
		if d.rule != nil {
			r.Warnings = append(r.Warnings, remarks(d.rule.Warnings)...)
		}
		r.appendTo(p)
		return
	}
	r.Warnings = append(append(r.Warnings, remarks(result.Warnings)...), remarks(d.doubts)...)
	for i := range result.Queries {
		r.Query = &result.Queries[i].Text
		r.appendTo(p)
	}
}

// record returns what is known of the document.
func (d *document) record() record {
	r := record{File: d.file, Tags: []string{}, Warnings: []remark{}}
	if d.doc == nil {
		r.Line = d.errs[0].Line
		return r
	}
	r.Kind = kindOfDocument(d.doc)
	m := d.doc.Metadata()
	r.Line, r.ID, r.Title, r.Level, r.Status = m.Line, m.ID, m.Title, string(m.Level), string(m.Status)
	for _, tag := range m.Tags {
		r.Tags = append(r.Tags, tag.Text)
	}
	return r
}

// kindOfDocument returns what programs call a kind of documents.
func kindOfDocument(doc sigma.Document) string {
	switch doc.(type) {
	case *sigma.Correlation:
		return "correlation"
	case *sigma.Filter:
		return "filter"
	}
	return "rule"
}

func newRemark(e *sigma.Error) remark {
	return remark{Code: string(e.Code), Message: e.Text(), File: e.Name(), Line: e.Line, Column: e.Col}
}

func remarks(list sigma.ErrorList) []remark {
	out := make([]remark, len(list))
	for i, e := range list {
		out[i] = newRemark(e)
	}
	return out
}

// appendTo adds the record as one line.
func (r *record) appendTo(p *piece) {
	if text, err := jsontext.Marshal(r); err == nil { // strings, integers and slices of them always encode
		p.add(string(text))
	}
}
