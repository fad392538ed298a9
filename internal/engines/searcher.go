package engines

import (
	"encoding/json"
	"errors"
	"maps"
	"sync"
)

// A language turns queries into OpenSearch's DSL.
type language interface {
	version() string

	// load tells which fields there are.
	load(s shape) error

	// translate returns the query of each in the DSL, or why there is none.
	translate(queries []string) (dsl []json.RawMessage, refused []string, err error)

	// check says what the language's own parser says. It is nil where that is
	// OpenSearch's.
	check(queries []string) ([]string, error)

	close() error
}

// errNoParser says that a language has no parser but OpenSearch's.
var errNoParser = errors.New("OpenSearch parses this language itself")

// A searcher is an engine that runs its queries on OpenSearch.
type searcher struct {
	name     string
	form     form
	language language
	node     *node
	mu       sync.Mutex
	index    *index
	made     bool // the index is in the node, not only described
	closed   bool
}

// newSearcher starts an engine for a language.
func newSearcher(name string, f form, l language) (*searcher, error) {
	n, err := acquireNode()
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return &searcher{name: name, form: f, language: l, node: n}, nil
}

func (s *searcher) Name() string { return s.name }

// Version implements Engine.
func (s *searcher) Version() string {
	version := "OpenSearch " + s.node.version
	if v := s.language.version(); v != "" {
		version = v + " on " + version
	}
	return version
}

// Load implements Engine.
func (s *searcher) Load(t Table, events []Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, fields, err := newIndex(s.form, t, events)
	if err != nil {
		return err
	}
	if err := s.replace(next); err != nil {
		return err
	}
	return s.language.load(fields)
}

// replace makes an index the one that is searched. An empty one is made when
// it is searched first: those who only check queries never do.
func (s *searcher) replace(next *index) error {
	made := next.size > 0
	if made {
		var err error
		if next, err = s.node.keep(next); err != nil {
			return err
		}
	}
	s.drop()
	s.index, s.made = next, made
	return nil
}

// drop removes the index from the node.
func (s *searcher) drop() {
	if s.made {
		s.node.drop(s.index)
	}
	s.made = false
}

// loaded returns the index, an empty one where nothing was loaded.
func (s *searcher) loaded() (*index, error) {
	if s.made {
		return s.index, nil
	}
	if s.index == nil {
		i, _, err := newIndex(s.form, Table{}, nil)
		if err != nil {
			return nil, err
		}
		s.index = i
	}
	i, err := s.node.keep(s.index)
	if err != nil {
		return nil, err
	}
	s.index, s.made = i, true
	return i, nil
}

// Run implements Engine.
func (s *searcher) Run(queries []string) ([]Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.loaded()
	if err != nil {
		return nil, err
	}
	dsl, refused, err := s.language.translate(queries)
	if err != nil {
		return nil, err
	}
	answers, err := s.node.search(i, max(i.size, 1), dsl)
	if err != nil {
		return nil, err
	}
	for k := range answers {
		if dsl[k] == nil {
			answers[k] = Answer{Refused: refused[k]}
		}
	}
	return answers, nil
}

// Check implements Engine.
func (s *searcher) Check(queries []string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	says, err := s.language.check(queries)
	if !errors.Is(err, errNoParser) {
		return says, err
	}
	i, err := s.loaded()
	if err != nil {
		return nil, err
	}
	// Without a default field OpenSearch is lenient: what it cannot search for
	// it does not find.
	strict := make([]json.RawMessage, len(queries))
	for k, q := range queries {
		if strict[k], err = queryString(q, map[string]any{"default_field": defaultField}); err != nil {
			return nil, err
		}
	}
	answers, err := s.node.search(i, 0, strict)
	if err != nil {
		return nil, err
	}
	says = make([]string, len(queries))
	for k, a := range answers {
		says[k] = a.Refused
	}
	return says, nil
}

// Close implements Engine.
func (s *searcher) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.drop()
	s.node.release()
	return s.language.close()
}

// luceneLanguage is Lucene's query string, which OpenSearch parses itself.
type luceneLanguage struct{}

func (luceneLanguage) version() string                  { return "" }
func (luceneLanguage) load(shape) error                 { return nil }
func (luceneLanguage) check([]string) ([]string, error) { return nil, errNoParser }
func (luceneLanguage) close() error                     { return nil }

// translate sends a query as Kibana does, without a default field.
func (luceneLanguage) translate(queries []string) ([]json.RawMessage, []string, error) {
	dsl := make([]json.RawMessage, len(queries))
	for i, q := range queries {
		var err error
		if dsl[i], err = queryString(q, nil); err != nil {
			return nil, nil, err
		}
	}
	return dsl, make([]string, len(queries)), nil
}

// queryString returns a query in the DSL, with the limit of states that the
// compiler's warnings ask for.
func queryString(query string, options map[string]any) (json.RawMessage, error) {
	body := map[string]any{"query": query, "analyze_wildcard": true, "max_determinized_states": 100_000}
	maps.Copy(body, options)
	return json.Marshal(map[string]any{"query_string": body})
}
