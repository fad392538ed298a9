package kusto

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// quote returns a string literal (query/scalar-data-types/string): a plain one
// where nothing needs an escape; a verbatim one, in which a backslash is
// itself and a quote is doubled, where only those are in the way; and one with
// escapes where characters do not print, since a verbatim literal cannot hold
// a line break.
func quote(s string) string {
	plain := true
	for _, r := range s {
		switch {
		case r == '\\' || r == '"':
			plain = false
		case !unicode.IsPrint(r):
			return emit.Quote(`"`, s, `"`, func(r rune) string { return escape(r, '"') })
		}
	}
	if plain {
		return `"` + s + `"`
	}
	return verbatim(s)
}

// verbatim returns a literal without escapes of a text that prints.
func verbatim(s string) string {
	return `@"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// escape returns a character as it is spelled in a literal between such
// quotes, or "" where it stands for itself.
func escape(r, quote rune) string {
	switch {
	case r == '\\':
		return `\\`
	case r == quote:
		return `\` + string(quote)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case unicode.IsPrint(r):
		return ""
	case r > 0xffff:
		return fmt.Sprintf(`\U%08X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}

// column returns a column's name: bare where it is a plain name, in brackets
// otherwise (query/schema-entities/entity-names). A name with a dot is that of
// one column; bare it would be a path into a dynamic one.
func column(name string) string {
	if plainName(name) && !reserved[name] {
		return name
	}
	return emit.Quote("['", name, "']", func(r rune) string { return escape(r, '\'') })
}

func plainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// reserved are the words that are not read as a column everywhere in a
// condition, by the parser of Microsoft/Kusto-Query-Language: operators, types,
// and words that begin a statement.
var reserved = words(`
FALSE TRUE True False NULL
__contextual_datatable __crossCluster __crossDB __executeAndCache __id __isFuzzy __noWithSource __packedColumn
__projectAway __sourceColumnIndex access accumulate alias and anomalychart areachart as asc bagexpansion barchart
between bin_legacy bool boolean by byte cachingpolicy callout cancel card char columnchart consume contains
contains_cs containscs count cycles database dataexport datascope datatable date datetime decimal declare decodeblocks
default desc distinct double dynamic earliest encodingpolicy endswith endswith_cs evaluate expandoutput extend
extent_tags_retention external_data externaldata facet false filter find first flags float force_remote fork from
getschema guid harddelete hardretention has has_all has_any has_cs hasprefix hasprefix_cs hassuffix hassuffix_cs
hotcache in int int16 int32 int64 int8 invoke isfuzzy join journal kind ladderchart last latest let like likecs limit
linechart long lookup materialize mdm missing mvapply mvexpand nooptimization notcontains notcontainscs notlike
notlikecs null nulls of on or order others pack parse partition pathformat pattern piechart pivotchart print project
queries query_results range real reduce relaxed render restrict restricted_view_access row_level_security rowstore
rowstore_references rowstore_sealinfo rowstorepolicy rowstores sample scan scatterchart seal seals search serialize
set shards simple softdelete softretention sort sql stackedareachart startswith startswith_cs statistics
storedqueryresultcontainers string summarize tablepurge take time timechart timeline timepivot timespan title to top
toscalar totable treemap true typeof uint uint16 uint32 uint64 uint8 ulong union uniqueid unrestrictedviewers verbose
viewers views where with_itemindex with_match_id with_source with_step_name withsource writeaheadlog`)

func words(list string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}
