package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// What a source may give at most, whatever the pipeline says.
const (
	maxSource       = 64 << 20
	defaultSource   = 10 << 20 // pySigma's max_body_size and max_stdout
	maxSourceSecond = 600
	maxValues       = 10000
)

// A source gives the values of placeholders: what a file, a server or a command
// says. It is read once, when a rule first needs it.
type source struct {
	handled
	where  string // what it is, for messages
	off    string // why it cannot be read; "" where it can
	fetch  func() ([]byte, error)
	format format
	filter *regexp.Regexp

	once   sync.Once
	values []string
	err    error
}

func makeFileSource(p *params, _ *step) transformation {
	path := p.needText("path")
	s := p.source()
	s.where = fmt.Sprintf("the file %q", path)
	o := p.options
	if o.Files == nil && !o.AnyFile {
		s.off = "a pipeline that was not read from a file has no folder to read it from"
	}
	s.fetch = func() ([]byte, error) { return o.read(path) }
	return s
}

func makeHTTPSource(p *params, _ *step) transformation {
	r := Request{
		URL: p.needText("url"), Method: "GET",
		Header: p.strings("headers"), Params: p.strings("params"), Form: p.strings("form_data"),
	}
	if m := p.text("method"); m != "" {
		r.Method = m
	}
	if n := p.take("json_body"); n != nil && n.Tag != "!!null" {
		var err error
		if r.JSON, err = pydata.AppendJSON(nil, p.data(n), -1, maxBytes); err != nil {
			p.fail(p.at(n), sigma.Limit, "", "%q is too long", "json_body")
		}
		if r.Form != nil {
			p.fail(p.at(n), sigma.BadPipeline, "", `"form_data" and "json_body" exclude each other`)
		}
	}
	r.TimeoutSecond = p.number("timeout", 10, maxSourceSecond)
	r.MaxBytes = int64(p.number("max_body_size", defaultSource, maxSource))
	s := p.source()
	s.where = "the answer of " + r.URL
	get := p.options.HTTP
	if get == nil {
		s.off = switchedOff
	}
	s.fetch = func() ([]byte, error) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.TimeoutSecond)*time.Second)
		defer cancel()
		return get(ctx, r)
	}
	return s
}

func makeCommandSource(p *params, _ *step) transformation {
	var c Command
	n := p.need("cmd")
	switch {
	case n == nil:
	case n.Kind == yaml.SequenceNode:
		c.Args = p.texts(n, "cmd")
	default:
		c.Shell = p.scalar(n, "cmd")
	}
	if n != nil && c.Shell == "" && (len(c.Args) == 0 || c.Args[0] == "") {
		p.fail(p.at(n), sigma.BadPipeline, "", `"cmd" must not be empty`)
	}
	c.TimeoutSecond = p.number("timeout", 30, maxSourceSecond)
	c.MaxBytes = int64(p.number("max_stdout", defaultSource, maxSource))
	s := p.source()
	s.where = "what the command prints"
	run := p.options.Command
	if run == nil {
		s.off = switchedOff
	}
	s.fetch = func() ([]byte, error) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.TimeoutSecond)*time.Second)
		defer cancel()
		return run(ctx, c)
	}
	return s
}

// switchedOff says how servers and commands are switched on.
const switchedOff = "pipelines ask servers and run commands only with --allow-external-sources (Options.HTTP and Options.Command in programs)"

// source reads the parameters that all sources have.
func (p *params) source() *source {
	s := &source{handled: readHandled(p), format: p.format()}
	if n := p.take("filter"); n != nil && n.Tag != "!!null" {
		s.filter = p.regexpOf(p.scalar(n, "filter"), p.at(n), "filter", false)
	}
	return s
}

// read reads a file, as Options say.
func (o Options) read(path string) ([]byte, error) {
	var f fs.File
	err := fs.ErrNotExist
	name := filepath.ToSlash(filepath.Clean(path))
	if o.Files != nil && fs.ValidPath(name) {
		f, err = o.Files.Open(name)
	} else if !o.AnyFile {
		return nil, errors.New("it is outside the folder of the pipeline; --allow-external-sources lets pipelines read any file (Options.AnyFile in programs)")
	}
	if err != nil && o.AnyFile {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is not a regular file"))
	}
	return limited(f, defaultSource)
}

// limited reads all there is, if that is not too much.
func limited(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it has more than %d bytes", most)
	}
	return data, err
}

// read returns the values of the source.
func (s *source) read() ([]string, error) {
	s.once.Do(func() {
		data, err := s.fetch()
		if err == nil {
			s.values, err = s.parse(data)
		}
		s.err = err
	})
	return s.values, s.err
}

// parse takes the values out of what a source gave. Empty ones are left out:
// a field that is to contain one of them would contain anything.
func (s *source) parse(data []byte) ([]string, error) {
	all, err := s.format.values(data)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range all {
		if v != "" && (s.filter == nil || s.filter.MatchString(v)) {
			out = append(out, v)
		}
	}
	switch {
	case len(out) == 0:
		return nil, errors.New("there are no values in it")
	case len(out) > maxValues:
		return nil, fmt.Errorf("there are %d values in it; %d are the most", len(out), maxValues)
	}
	return out, nil
}

func (s *source) apply(w *run) {
	fillPlaceholders(w, s.handled, func(pos sigma.Pos, name string) []string {
		if s.off != "" {
			w.fail(pos, sigma.BadPlaceholder, s.off, "the placeholder %q stands for the values of %s, which is not read", name, s.where)
			return nil
		}
		values, err := s.read()
		if err != nil {
			w.fail(pos, sigma.BadPlaceholder, "", "the placeholder %q stands for the values of %s, which cannot be had: %s", name, s.where, err)
		}
		return values
	})
}

// fillPlaceholders puts values in place of the placeholders that a step is
// about. value reports it where there are none.
func fillPlaceholders(w *run, h handled, value func(pos sigma.Pos, name string) []string) {
	w.tests(func(_ item, u ir.Test) ir.Test {
		switch u := u.(type) {
		case *ir.Text:
			if h.in(u.Pattern) {
				return h.text(w, u, value)
			}
		case *ir.Regexp:
			if names := u.Placeholders(); h.all(names) {
				return h.regexp(w, u, value)
			}
		}
		return u
	})
}
