// Package engines runs queries on the engines that they are written for, or on
// what comes nearest to them and can be installed from a package registry. It
// is for tests only: nothing that users import may import it.
//
// Each engine is a process outside the test: a server, or an interpreter with
// a driver of this package that reads requests and writes answers, one a line
// of JSON. .ci/engines installs what they need; an engine whose runtime is
// missing is skipped, or fails the test where SIGMAC_ENGINES_REQUIRED is set.
//
// What stands for what:
//
//   - opensearch runs Lucene queries on OpenSearch, on an index of plain keyword
//     fields, which compares cases; opensearch-folded on keyword fields with a
//     lowercase normalizer.
//   - kibana-kql parses with Kibana's own parser and turns the query into the
//     DSL as Kibana does, which OpenSearch runs; kibana-kql-folded does so on
//     the second index. The parser that can be installed is that of Kibana 7;
//     the driver changes what Kibana 8 changed, and says where.
//   - eql parses with Elastic's reference implementation (PyPI eql), and turns
//     the tree into the DSL as Elasticsearch does, which OpenSearch runs: the
//     package's own evaluator ignores case everywhere, takes regular
//     expressions for Python's and has a logic of three values.
//   - esql-parser is Elastic's offline parser with its check of types. It runs
//     nothing.
//   - kusto-service is Microsoft's parser and binder. It runs nothing.
//   - duckdb-kql and chdb run Kusto queries: the first has strict types but no
//     functions of networks, the second has these but lax types. Correlations
//     run on the first, whose driver adds window functions; the second knows
//     neither these nor arg_max(x, *), and runs none.
package engines
