package schema

import "strings"

// defaultFields are those that Splunk gives every event (Knowledge Manager
// Manual, "Use default fields"), and those of its tags.
var defaultFields = []string{
	"_bkt", "_cd", "_indextime", "_raw", "_serial", "_si", "_sourcetype", "_subsecond", "_time",
	"date_hour", "date_mday", "date_minute", "date_month", "date_second", "date_wday", "date_year", "date_zone",
	"eventtype", "host", "index", "linecount", "punct", "source", "sourcetype", "splunk_server", "splunk_server_group",
	"tag", "timeendpos", "timestamp", "timestartpos",
}

// datasetFields are those that each dataset of a data model inherits.
var datasetFields = []string{"_time", "host", "index", "source", "sourcetype"}

// splunkTypes are the types that a list of fields may give, by the names that
// Splunk's data models and people use. Splunk itself has text only.
var splunkTypes = map[string]Type{
	"": Unknown, "string": Keyword, "text": Keyword, "keyword": Keyword, "str": Keyword,
	"number": Float, "float": Float, "double": Float, "decimal": Float, "num": Float,
	"int": Int, "integer": Int, "long": Int,
	"ip": IP, "ipv4": IP, "ipv6": IP, "cidr": Unknown,
	"boolean": Unknown, "bool": Unknown, // true, 1, yes and others are in use
	"time": Time, "timestamp": Time, "datetime": Time, "date": Time, "epoch": Time,
	"unknown": Unknown, "other": Unknown,
}

// splunk reads a list of fields: a CSV with the column field and, where the
// types are known, type. The answer of fieldsummary is one, without types: that
// all values it saw were numbers does not say that all are.
func (r *reader) splunk(g *grid) {
	r.out.Format = Splunk
	name, kind := g.column("field", "field_name", "fieldname", "name"), g.column("type", "data_type", "datatype")
	if name < 0 {
		r.fail(&node{}, "fieldsummary gives it", "the first line has no column \"field\"")
		return
	}
	dataset, prefix := "", "" // a search of a dataset has its name before each field
	if r.named {
		dataset = r.table
		prefix = dataset[strings.LastIndexByte(dataset, '.')+1:] + "."
	}
	t := r.into(dataset)
	for i := range g.rows {
		row := &g.rows[i]
		field := strings.TrimPrefix(row.cell(name), prefix)
		if field == "" {
			continue
		}
		typ, known := splunkTypes[lower(row.cell(kind))]
		if !known {
			r.noteAt(row.off, "string, number, int, ip, time are known", "the type %q of the field %s is not known", shorten(row.cell(kind)), shorten(field))
		}
		t.Columns[field] = Column{Name: field, Type: typ}
	}
}
