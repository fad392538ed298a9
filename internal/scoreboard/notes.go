package main

// notes say how the numbers are to be read.
const notes = `## How it is counted

- **Converted.** Rules, not queries; a rule with several conditions has several. Classes of what is not converted are the codes of
  sigmac's errors, the first one of a rule, and pySigma's exceptions. pySigma has no warnings. A
  rule with warnings of several classes counts for each. A result without a query and without an error, of which pySigma has some, is none.
- **Accepted.** A rule counts where the parser accepts all its queries. The parser is told the same of the fields for both converters: the types
  that the rule's own tests have (a number where a field is only compared with numbers, a network, a truth value, else a text), or, for
  Kusto with a pipeline, Microsoft's tables; for these the parsers of ASIM are known under their older names, too, which pySigma uses. Lucene and
  Kibana KQL are asked with all fields as texts. A condition for Kusto alone is put behind ` + "`Events | where`" + `, of both converters. What
  an engine cannot take when it runs a query, such as an expression with too many states, is no matter of the parsers; but OpenSearch has no
  parser apart from its search, so that it refuses such expressions for Lucene. sigmac's warn of it. sigmac's reader knows no types without a pipeline:
  what it refuses is wrong whatever they are.
- **Recorded events.** SigmaHQ keeps events for some rules. A query is right where it finds exactly those that sigmac's evaluator says the
  rule matches, among the events of all rules, not only the rule's own. A rule that is not converted is not right.
- **Synthesised events.** sigma/synth makes events of the rule: for each test one in which it decides, and near misses. A query is read back by
  the reader of its language and must say of each of them what the rule says. Events that no store of the language can hold are left out, the
  same ones for both converters. That a rule is right on them does not prove it right on every event there is.
- **With pipelines** the recorded events say nothing: they have the names that the rules have. Nor do synthesised events of pySigma's queries:
  its pipelines name fields and map values in their own way, and there is no third opinion about which names an index has.
- **The judge.** What a rule means is what sigmac's evaluator says, which follows the specification; what a query means is what sigmac's
  readers say, which follow the manuals. Where pySigma means something else by choice it counts as wrong here. These choices are:
  case in Lucene and ES|QL, which the specification ignores and which pySigma leaves to the index (a query whose only mistakes are about texts
  in another case than the rule's is "wrong in case only"); keywords in Splunk and EQL, which it writes as whole words or as bare strings, where
  the specification looks for them anywhere in the event; and empty texts, null and absent fields, which it does not tell apart everywhere. sigmac's
  queries that deviate as a warning of theirs says are not counted as right either, but by themselves.
- **An index that folds case** decides itself for Lucene and Kibana KQL; there the queries of both are read as such an index would run them. Events
  with the long s or the Kelvin sign are left out there: which of them an index folds is its own. What a rule compares
  with case, as its regular expressions do, no query can say there: sigmac's are not all right either.
- **Without an event that the rule matches** is where the stores of the language hold no event that was made and that the rule matches, such as one
  with an empty text in Kusto: the queries say of all others what the rule says, which proves little, and they do not count as right.
- **Not known to the reader** is what a reader cannot judge, such as analysed text: neither right nor wrong.
- **Compares constants** is where a part of the query is the same for every event, such as ` + "`'cs-uri' =~ \"x\"`" + ` in Kusto, in which quotes make
  a text, not a column. Parsers accept that.
- **SPL** has no parser outside Splunk: our reader, which was written after Splunk's manual, stands for it.
- **ES|QL** is checked by Elastic's offline parser; no engine outside Elasticsearch runs it. That parser does not look into the patterns of LIKE
  and RLIKE. Elasticsearch does, and refuses a LIKE in which a backslash stands before something else than a star, a question mark or a
  backslash; such queries are "refused by the reader".
`
