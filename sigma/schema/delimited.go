package schema

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A grid is a table of texts with names for its columns.
type grid struct {
	head []string
	rows []gridRow
}

// A gridRow is a row of a grid and where it stands in the file.
type gridRow struct {
	cells []string
	off   int
}

// column returns the number of the first column that has one of the names,
// whatever its case, or -1.
func (g *grid) column(names ...string) int {
	for _, name := range names {
		if i := slices.IndexFunc(g.head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// cell returns a cell of a row without the space around it, "" where the row
// has none.
func (r *gridRow) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// delimited reads a schema that is CSV, or separated by tabs or semicolons.
func (r *reader) delimited(format Format) {
	g, ok := r.grid()
	if !ok {
		return
	}
	switch {
	case format == Elastic:
		r.failAt(0, sigma.BadSchema, "", "a schema of Elasticsearch is JSON, as GET INDEX/_mapping answers")
	case format == Kusto || format == "" && g.isKusto():
		r.kustoGrids([]grid{g}, 0)
	case format == Splunk || format == "" && g.column("field") >= 0:
		r.splunk(&g)
	default:
		r.failAt(0, sigma.BadSchema, "what getschema answers has the columns ColumnName and ColumnType, a list of Splunk's fields the column field",
			"the text is no schema that is known: its first line has the columns %s", shorten(strings.Join(g.head, ", ")))
	}
}

// shorten cuts what a message has from a file, which may be all of it.
func shorten(s string) string {
	const most = 500
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " ..."
}

// grid reads the rows of the file.
func (r *reader) grid() (grid, bool) {
	data := r.file.Data
	first, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte("\n"))
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	for _, separator := range "\t;" {
		if bytes.ContainsRune(first, separator) && !bytes.ContainsRune(first, ',') {
			in.Comma = separator
		}
	}
	var g grid
	for {
		off := int(in.InputOffset())
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return g, true
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			r.errs = append(r.errs, &sigma.Error{Pos: sigma.Pos{File: r.file, Line: broken.Line, Col: broken.Column}, Code: sigma.BadSchema, Msg: "the text is no CSV: " + broken.Err.Error()})
			return g, false
		}
		if g.head == nil {
			g.head = cells
			continue
		}
		g.rows = append(g.rows, gridRow{cells, off})
	}
}
