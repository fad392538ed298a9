package kustoread

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// words returns a class for each of the words of a list.
func words(class lexer.TokenType, list string, more map[string]lexer.TokenType) map[string]lexer.TokenType {
	for w := range strings.FieldsSeq(list) {
		more[w] = class
	}
	return more
}

// wordClass is the class of each word that is no name everywhere. What may be
// a column without brackets was asked of Microsoft's language service, version
// 12.4.1, word by word: "needs to be bracketed" is its KS228.
var wordClass = words(tokReserved, `
__contextual_datatable __crossCluster __crossDB __executeAndCache __id __isFuzzy __noWithSource __packedColumn
__projectAway __sourceColumnIndex anomalychart areachart asc bagexpansion barchart bin_legacy boolean byte
cachingpolicy callout cancel card char columnchart cycles datascope date datetime decimal decodeblocks desc double
dynamic encodingpolicy expandoutput extent_tags_retention external_data first flags float force_remote harddelete
hardretention hotcache int int16 int32 int64 int8 isfuzzy journal ladderchart last linechart long missing
nooptimization others pathformat piechart pivotchart project queries query_results real relaxed
restricted_view_access row_level_security rowstore rowstore_references rowstore_sealinfo rowstorepolicy rowstores
scatterchart seal seals shards simple softdelete softretention stackedareachart statistics
storedqueryresultcontainers string tablepurge time timechart timeline timepivot timespan treemap uint uint16 uint32
uint64 uint8 ulong union uniqueid unrestrictedviewers views with_itemindex with_match_id with_step_name
writeaheadlog`, words(tokSoft, `
accumulate as by datatable earliest externaldata find invoke latest materialize mdm of print sample search set sql
title to toscalar totable verbose viewers where`, words(tokOperator, `
and or contains contains_cs containscs endswith endswith_cs has has_cs hasprefix hasprefix_cs hassuffix hassuffix_cs
like likecs notcontains notcontainscs notlike notlikecs startswith startswith_cs`, words(tokIn, `
in has_any has_all`, words(tokBetween, `between`, words(tokBool, `
true True TRUE false False FALSE`, make(map[string]lexer.TokenType)))))))

// negated are the words that an exclamation mark may stand before.
var negated = words(tokOperator, `
contains contains_cs endswith endswith_cs has has_cs hasprefix hasprefix_cs hassuffix hassuffix_cs startswith
startswith_cs`, words(tokIn, `in in~`, words(tokBetween, `between`, make(map[string]lexer.TokenType))))

// typed are the words before the parenthesis of a literal: datetime(2024-01-01).
var typed = words(tokTyped, `bool date datetime decimal double guid int long real time timespan`, make(map[string]lexer.TokenType))

// notAlias are names that an expression may have but that are not given to
// one.
var notAlias = words(tokReserved, `kind withsource with_source`, make(map[string]lexer.TokenType))

// operators are the query operators that are read.
var operators = words(tokSoft, `where filter extend project search union`, make(map[string]lexer.TokenType))

// foreign are the first words of the query operators, statements and sources
// that are not read.
var foreign = words(tokSoft, `
as assert consume count distinct evaluate execute facet find fork getschema graph invoke join limit lookup macro make
mv mvapply mvexpand order parse partition print range reduce render sample scan serialize sort summarize take top
alias declare pattern restrict set datatable externaldata external_data materialize materialized_view_combine
toscalar totable __contextual_datatable`, make(map[string]lexer.TokenType))

// units are the suffixes of a timespan (scalar-data-types/timespan).
var units = words(tokSpan, `
m min minute minutes s sec second seconds d day days h hr hrs hour hours ms milli millis millisec millisecond
milliseconds micro micros microsec microsecond microseconds nano nanos nanosec nanosecond nanoseconds tick ticks`,
	make(map[string]lexer.TokenType))
