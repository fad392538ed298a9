// Package luceneread reads Lucene's query_string syntax as Elasticsearch and
// OpenSearch parse it: the classic query parser of Lucene, with the operator
// OR between clauses that have none, and no default field.
//
// Sources: Elasticsearch Reference, "Query string query", and Lucene,
// "org.apache.lucene.queryparser.classic" (package summary, QueryParser.jj,
// QueryParserBase.addClause).
//
// It is no boolean logic: AND makes its two neighbours mandatory, NOT makes
// one prohibited, and clauses without either are optional. A group finds what
// has all mandatory clauses and none prohibited, and one of the optional ones
// where there is none that is mandatory; a group of prohibited clauses alone
// finds all others (Elasticsearch completes it with a query for everything).
package luceneread
