// Package esqlread reads queries of Elastic's ES|QL back: what Elasticsearch
// makes of them, as a tree of package readback. It knows "from" and any number
// of "where" and "eval".
//
// It is written from the ES|QL reference and the lexer and parser grammars of
// Elasticsearch 9, and where these are silent from the fixtures and the issues
// of Elasticsearch.
//
// A comparison with a field of several values is null (multivalued fields), for
// which readback has no word: what is read holds for events whose fields have a
// single value. Fields that are joined by mv_concat first may have several.
package esqlread

import (
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The limits of the language.
const (
	maxQuery      = 1_000_000 // characters of a query
	maxExpression = 300       // expressions in one another; every operator of a chain is one
)

// Read reads a query of which the index answers as much as it can, as
// Elasticsearch 9.1 and later do with fields that are indexed: a comparison of
// to_lower(f) ignores the case of the letters A to Z, and f LIKE "*" asks
// whether there is a value.
func Read(query string, o readback.Options) (*readback.Query, error) {
	return read(query, o, false)
}

// ReadRows is Read where every condition is evaluated row by row: to_lower
// knows the letters of Unicode, and f LIKE "*" is null where there is no
// value. A query that means the same by Read and by ReadRows is right either
// way.
func ReadRows(query string, o readback.Options) (*readback.Query, error) {
	return read(query, o, true)
}

// ReadCondition is Read for what stands behind "where".
func ReadCondition(text string, o readback.Options) (*readback.Query, error) {
	tree, err := parse(condition(), text, inExpression)
	if err != nil {
		return nil, err
	}
	b := newBuilder(o, false)
	where, err := b.where(tree)
	if err != nil {
		return nil, err
	}
	return &readback.Query{Where: where}, nil
}

func read(query string, o readback.Options, rows bool) (*readback.Query, error) {
	if n := utf8.RuneCountInString(query); n > maxQuery {
		return nil, refuse(0, "the query has %d characters; %d are the most", n, maxQuery)
	}
	tree, err := parse(grammar(), query, inCommand)
	if err != nil {
		return nil, err
	}
	table, err := sources(tree)
	if err != nil {
		return nil, err
	}
	b := newBuilder(o, rows)
	all := readback.And{}
	for _, c := range tree.Commands {
		if c.Where == nil {
			if err := b.eval(c.Eval); err != nil {
				return nil, err
			}
			continue
		}
		where, err := b.where(c.Where)
		if err != nil {
			return nil, err
		}
		all = append(all, where)
	}
	out := &readback.Query{Table: table, Where: all}
	if len(all) == 1 {
		out.Where = all[0]
	}
	return out, nil
}

// metadata are the fields that may be asked for behind "metadata".
var metadata = map[string]bool{
	"_id": true, "_ignored": true, "_index": true, "_index_mode": true, "_score": true, "_size": true, "_slice": true, "_source": true,
	"_tier": true, "_tsid": true, "_version": true,
}

// sources returns the index patterns of a query.
func sources(g *queryGrammar) (string, error) {
	var names []string
	for _, s := range g.Sources {
		name := s.Cluster.Value
		if s.Cluster.Type == tokString {
			name = unquote(name)
		}
		if s.Index.Value != "" {
			index := s.Index.Value
			if s.Index.Type == tokString {
				index = unquote(index)
			}
			name += ":" + index
		}
		if name == "" || strings.ContainsAny(name, " \"#?|\\") {
			return "", refuse(s.Cluster.Pos.Offset, "%q is no name of an index", name)
		}
		names = append(names, name)
	}
	for _, m := range g.Metadata {
		if !metadata[m.Value] {
			return "", refuse(m.Pos.Offset, "there is no metadata %q", m.Value)
		}
	}
	return strings.Join(names, ","), nil
}
