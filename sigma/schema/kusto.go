package schema

import (
	"slices"
	"strings"
)

// kustoTypes are the scalar types of Kusto by their names, their synonyms, and
// the .NET types that older commands answer with (Kusto Query Language,
// "Scalar data types").
var kustoTypes = map[string]Type{
	"string": Keyword, "int": Int, "long": Int, "real": Float, "double": Float, "decimal": Float,
	"bool": Bool, "boolean": Bool, "datetime": Time, "date": Time, "guid": GUID, "uuid": GUID, "uniqueid": GUID,
	"dynamic": Dynamic, "timespan": Unknown, "time": Unknown,

	"system.string": Keyword, "system.int32": Int, "system.int64": Int, "system.double": Float, "system.single": Float,
	"system.data.sqltypes.sqldecimal": Float, "system.decimal": Float, "system.sbyte": Bool, "system.boolean": Bool,
	"system.datetime": Time, "system.guid": GUID, "system.object": Dynamic, "system.timespan": Unknown,
	"int32": Int, "int64": Int, "sbyte": Bool, "object": Dynamic, "sqldecimal": Float,
}

// kusto reads what Kusto, Log Analytics or Advanced Hunting say of their
// tables, as JSON: rows of getschema or .show database schema, alone or in an
// answer of the services; .show database schema as json, and the same of one
// table; the tables of a workspace's metadata; or the columns of an ordinary
// answer of Advanced Hunting.
func (r *reader) kusto(root *node) {
	r.out.Format = Kusto
	if r.databases(root) {
		return
	}
	r.kustoGrids(grids(root), root.off)
}

// databases reads the answer of .show database schema as json, or of .show
// table schema as json. It is false where the document is neither.
func (r *reader) databases(root *node) bool {
	if columns := root.getFold("OrderedColumns"); columns != nil {
		r.ordered(cmpOr(root.getFold("Name").value(), r.table), columns)
		return true
	}
	all := root.getFold("Databases")
	if all == nil {
		return false
	}
	for _, db := range all.items {
		for _, group := range []string{"Tables", "ExternalTables", "MaterializedViews"} {
			tables := db.getFold(group)
			if tables == nil {
				continue
			}
			for i, t := range tables.items {
				name := t.getFold("Name").value()
				if name == "" && tables.kind == object {
					name = tables.keys[i]
				}
				r.ordered(name, t.getFold("OrderedColumns"))
			}
		}
	}
	return true
}

// ordered reads a list of columns.
func (r *reader) ordered(table string, columns *node) {
	if columns == nil {
		return
	}
	for _, c := range columns.items {
		name := c.getFold("Name").value()
		if name == "" {
			r.fail(c, "", "a column has no name")
			return
		}
		r.column(table, name, cmpOr(c.getFold("CslType").value(), c.getFold("Type").value()), c.off)
	}
}

// column adds a column of a table.
func (r *reader) column(table, name, kind string, off int) {
	typ, known := kustoTypes[lower(kind)]
	switch {
	case !known:
		r.noteAt(off, "", "the type %q of the column %s is not known: queries go by the value of the rule", shorten(kind), shorten(name))
	case typ == Unknown:
		r.noteAt(off, "", "%s is a %s, which no value of a rule is: queries go by the value of the rule", shorten(name), lower(kind))
	}
	t, c := r.into(table), Column{Name: name, Type: typ}
	if old, ok := t.Columns[name]; ok {
		c = join(old, c, "another row")
	}
	t.Columns[name] = c
}

// grids returns the tables of an answer.
func grids(root *node) []grid {
	if root.kind == array {
		return framesOrRows(root)
	}
	if results := root.getFold("Results"); results.is(array) {
		g := objectsGrid(results)
		if schema := root.getFold("Schema"); !g.isKusto() && schema.is(array) {
			g = columnsGrid("", schema)
		}
		return []grid{g}
	}
	if tables := root.getFold("Tables"); tables.is(array) {
		return tablesGrids(tables)
	}
	return []grid{objectsGrid(&node{kind: array, items: []*node{root}})}
}

// framesOrRows tells the frames of Kusto's newer answers from plain rows.
func framesOrRows(list *node) []grid {
	frames := &node{kind: array}
	for _, item := range list.items {
		if item.getFold("Columns").is(array) {
			frames.items = append(frames.items, item)
		}
	}
	if len(frames.items) > 0 {
		return tablesGrids(frames)
	}
	return []grid{objectsGrid(list)}
}

// tablesGrids returns the grids of tables that have columns and rows. One
// without rows is a table of which nothing but the columns is said.
func tablesGrids(tables *node) []grid {
	var out []grid
	for _, t := range tables.items {
		columns, rows := t.getFold("Columns"), t.getFold("Rows")
		if !columns.is(array) {
			continue
		}
		if rows == nil {
			out = append(out, columnsGrid(t.getFold("Name").value(), columns))
			continue
		}
		var g grid
		for _, c := range columns.items {
			g.head = append(g.head, cmpOr(c.getFold("ColumnName").value(), c.getFold("Name").value()))
		}
		for _, row := range rows.items {
			cells := make([]string, len(row.items))
			for i, cell := range row.items {
				cells[i] = cell.text
			}
			g.rows = append(g.rows, gridRow{cells, row.off})
		}
		out = append(out, g)
	}
	return out
}

// columnsGrid returns a grid as getschema gives it, of a list of columns.
func columnsGrid(table string, columns *node) grid {
	g := grid{head: []string{"ColumnName", "ColumnType", "TableName"}}
	for _, c := range columns.items {
		cells := []string{
			cmpOr(c.getFold("ColumnName").value(), c.getFold("Name").value()),
			cmpOr(c.getFold("ColumnType").value(), cmpOr(c.getFold("Type").value(), c.getFold("DataType").value())), table,
		}
		g.rows = append(g.rows, gridRow{cells, c.off})
	}
	return g
}

// gridColumns are the columns in which Kusto describes tables.
var gridColumns = []string{"ColumnName", "ColumnType", "DataType", "TableName", "Table", "$table", "SourceTable", "DatabaseSchema", "Schema"}

// objectsGrid returns the grid of a list of objects, as far as it describes
// tables.
func objectsGrid(list *node) grid {
	var g grid
	for _, name := range gridColumns {
		if slices.ContainsFunc(list.items, func(item *node) bool { return item.getFold(name) != nil }) {
			g.head = append(g.head, name)
		}
	}
	for _, item := range list.items {
		cells := make([]string, len(g.head))
		for i, name := range g.head {
			cells[i] = item.getFold(name).value()
		}
		g.rows = append(g.rows, gridRow{cells, item.off})
	}
	return g
}

// isKusto reports whether the columns are those in which Kusto describes
// tables.
func (g *grid) isKusto() bool {
	return g.column("ColumnName") >= 0 && g.column("ColumnType", "DataType") >= 0 ||
		g.column("DatabaseSchema") >= 0 || g.column("TableName") >= 0 && g.column("Schema") >= 0
}

// kustoGrids reads the grids that describe tables; an answer of the service
// has others beside them.
func (r *reader) kustoGrids(list []grid, off int) {
	r.out.Format = Kusto
	found := false
	for i := range list {
		if g := &list[i]; g.isKusto() {
			r.kustoGrid(g)
			found = true
		}
	}
	if !found {
		r.fail(&node{off: off}, "T | getschema has them", "there are no rows with ColumnName and ColumnType")
	}
}

// kustoGrid reads one row for a column, or for a table whose schema is a
// text.
func (r *reader) kustoGrid(g *grid) {
	table := g.column("TableName", "Table", "$table", "SourceTable")
	name, kind := g.column("ColumnName"), g.column("ColumnType", "DataType")
	whole := g.column("DatabaseSchema", "Schema")
	for i := range g.rows {
		row := &g.rows[i]
		of := row.cell(table)
		if of == "" || of == "PrimaryResult" { // the name of an answer, which Azure's command line adds to each row
			of = r.table
		}
		switch {
		case name >= 0 && row.cell(name) != "":
			r.column(of, row.cell(name), cmpOr(row.cell(kind), row.cell(g.column("DataType"))), row.off)
		case name < 0 && whole >= 0:
			r.described(of, row.cell(whole), row.off)
		}
	}
}

// described reads the schema of a table that is JSON, or "name:type, ...", in
// a text.
func (r *reader) described(table, schema string, off int) {
	if strings.HasPrefix(schema, "{") {
		if root := r.parseText(schema, off); root != nil && !r.databases(root) {
			r.fail(&node{off: off}, "", "the schema of the table is not known")
		}
		return
	}
	for _, part := range strings.Split(schema, ",") {
		name, kind, ok := strings.Cut(part, ":")
		if !ok {
			r.fail(&node{off: off}, "", "the schema of %s is no list of names and types", table)
			return
		}
		r.column(table, strings.Trim(strings.TrimSpace(name), "[]'\""), strings.TrimSpace(kind), off)
	}
}

// lower returns a name without space around it, in small letters.
func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
