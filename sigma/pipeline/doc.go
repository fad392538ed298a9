// Package pipeline changes what rules say into what a target calls it: names
// of fields, forms of values, conditions that choose a log, tables.
//
// A pipeline is a YAML file in the format of pySigma: name, priority,
// allowed_backends, vars; transformations, each with rule, detection item and
// field name conditions; postprocessing items, which change the text of a
// query, with rule conditions; and finalizers, which make one text of all
// queries. [Parse] reads one, [Builtin] has those that come with the project,
// [Resolve] takes what a user names, and [Chain] puts several into the order of
// pySigma's resolver. [Pipeline.Apply] applies the transformations to a rule,
// [Pipeline.Postprocess] changes a query that was made of the result, and
// [Pipeline.Collect] collects the queries for the finalizers. A pipeline never
// changes and neither does the rule that it is applied to, so both may be used
// by several goroutines at once.
//
// For authors, [Pipeline.Steps] says what the files have, [Pipeline.Trace] what
// each step changed about a rule, and package lint what is wrong with pipelines
// that parse. Long lists of steps have an index by log sources and fields, so
// that a rule pays for the steps that are about it.
//
// # What pipelines may do
//
// A pipeline may come from anywhere. By itself it reads the files in the folder
// of its own file (file_placeholders, and templates with a path) and nothing
// else. [Options] switch on what more there is: other files, the servers of
// http_placeholders and the commands of command_placeholders, which package
// external asks and runs; jq expressions, which external reads, too; and
// templates, which package jinja reads. They are fields to be set, so that
// programs that do without have no client for HTTP, no jq and no template
// language among their dependencies. A source is read once, when a rule first
// needs it, and where it may not be read, only such rules are refused. What a
// file, a server or a command gives has a bound in bytes, values and time, and
// what items and finalizers make one in bytes.
//
// # What templates see
//
// The items template and simple_template see the query, the rule and the
// pipeline, finalizers the queries and the pipeline: {{ query }},
// {{ rule.title }}, {{ rule.tags[0].name }}, {{ rule.level.name }},
// {{ rule.custom_attributes.team }}, {{ pipeline.state.index }},
// {{ pipeline.vars.name }}, {{ queries|length }}. Values print as Python prints
// them. The query is in the format that was asked for; what compares queries
// with rules takes it as it is before. A finalizer sees of the state what is
// the same for all rules.
//
// # What differs from pySigma
//
// Meaning comes first; where pySigma's result would mean something else than
// the rule, this package differs, and says so in an error or a warning:
//
//   - A mistake in a file is an error with its place, all of them in one run:
//     unknown keys, types, parameters, groups, duplicate keys, and mistakes of
//     templates. So are the two parts that only a Python program can have:
//     field_name_transform, and the vars of a template.
//   - drop_detection_item, wildcard_placeholders and everything else that does
//     not keep the meaning warns at the item, and says whether the query finds
//     more or fewer events: it looks for the negations above the item. Where
//     nothing is left of a condition, the rule is refused.
//   - A field that is mapped to several is in any of them, and absent where all
//     of them are: a test for null, or exists: false, becomes a conjunction.
//   - hashes_fields keeps |contains|all a conjunction, knows values without an
//     algorithm and lists in one value, and refuses a hash that has no field.
//   - regex makes expressions with anchors, as values are whole ones, in which
//     a wildcard matches line breaks, too. A cased value keeps its case, and
//     method plain warns that the others get one.
//   - extract_fields keeps a value that goes on with a wildcard behind what it
//     matches, and warns of values, and ends of values, that it leaves out.
//   - A source of placeholders without values is an error: pySigma's query tests
//     for an absent field then. Empty values are left out of all formats, and
//     numbers keep their digits.
//   - The postprocessing item nest works in files. json_template needs a place
//     for the query. A finalizer behind another sees its text as one: pySigma's
//     concat joins the characters. Both kinds of items can be conditions for
//     later ones.
//   - Templates see the target's name in pipeline.vars.backend, such as splunk,
//     and what pySigma's rule has and this package's view of it has not is an
//     error: rule.detection, rule.to_dict.
//   - replace_string keeps a plain * plain, and wildcards that it does not touch
//     wildcards. Expressions are those of Go: no look-around, no
//     back-references.
//   - map_string, match_value and contains_detection_item ignore case and
//     YAML's types, as values of rules do (V1, V3, V8): true is 'true', 5 is '5'.
//     map_string prefers a key that is exactly the value.
//   - field_name_prefix_mapping takes the longest prefix, not the first.
//   - query_expression_placeholders writes the name that the field has at the
//     end, whatever the order of the steps. The name is not quoted, nor is
//     anything else of the expression.
//   - set_custom_attribute is seen by rule_attribute, and by backends in the
//     state under "attribute." and its name.
//   - Steps see the searches that a condition uses; what no condition uses does
//     not exist for them.
//   - elasticsearch in allowed_backends is each Elastic language; opensearch is
//     lucene.
//
// # Extensions
//
// These are not in pySigma. They are used by the pipelines that come with the
// project, and any file may use them.
//
// fact_mapping renames fields as field_name_mapping does, with the names that
// a column of a table of facts has for them. The tables are the files
// builtin/facts/*.csv: a row for a field of rules, a column for a target, so
// that what targets call a field stands in one place. fact_condition adds a
// condition that the row of the log source's attribute has: field is one of
// the names in its column, with each of the prefixes; the log source's service
// becomes what the column named by service says:
//
//	type: fact_mapping
//	facts: process
//	column: xdr
//
//	type: fact_condition
//	attribute: service
//	facts: windows-services
//	column: channel
//	field: source
//	prefixes: ['XmlWinEventLog:', 'WinEventLog:']
//
// map_item turns tests of one field for certain values into tests of others,
// where a target has another form for them. Values are compared as above; all
// entries of "to" must hold, each with one of its values. Keys may have
// modifiers. In place of values a case may have a pattern, which the whole
// value must match, case ignored; $1 in "to" is then what its first group
// holds. Any other test of the field is an error, whose message may be given,
// with $value and $logsource in it; or with otherwise: keep it stays:
//
//	type: map_item
//	field: Initiated
//	cases:
//	  - values: ['true']
//	    to: [{field: network.direction, values: [egress, outbound]}]
//	otherwise: error
//
// fact_item does so with the cases of a table of facts: a test of the field
// for a key, without the prefix, becomes one of the field "to" for what the
// column says of that key:
//
//	type: fact_item
//	field: EventID
//	facts: windows-events
//	column: xdr
//	prefix: security/
//	to: ActionType
//
// split_field is for a value that the target has in two fields, joined by a
// separator that the second field never has in it: a key and a value's name, a
// domain and a user, a folder and a file. The result matches exactly what the
// rule's pattern would match on the joined value. Tests that are no strings
// are an error, or with otherwise: keep stay; null and exists are asked of the
// first field:
//
//	type: split_field
//	field: TargetObject
//	separator: \
//	into: [ObjectName, ObjectValueName]
//
// absent_field is for fields that no event of the target has. The items that
// its conditions select are replaced by what they are for such an event: false,
// or true for null and exists: false. Each gives a warning. A rule of which
// nothing is left is refused:
//
//	type: absent_field
//	field_name_conditions: [{type: include_fields, fields: [OriginalFileName]}]
//
// hashes_fields takes otherwise: absent, which does the same to hashes without
// a field.
//
// set_table says which table of a schema of package schema the rule is about,
// and sets the state query_table to its name. A schema that has one table
// needs no name:
//
//	type: set_table
//	schema: xdr
//	table: DeviceProcessEvents
//
// table_parameter is for tables that are functions, as the parsers of ASIM
// are: it tells the function what every event must have anyway that the rule
// matches, so that fewer are made. The condition stays. Where the rule does not
// require one number of the field, or with words some of these, nothing
// happens:
//
//	type: table_parameter
//	parameter: eventtype_in
//	field: EventType
//	words: [RegistryKeyCreated, RegistryValueSet]
//
// computed_field names a column that the target does not store, and the
// expression of the target's language that computes it; the query has it if
// the rule uses the field at that step. computed_fields does so for every field
// that is no column of the table and, where prefix is given, begins with it:
// {field} in the expression is the name without the prefix, {path} the same as
// steps into an object, ['a']['b']. Only names joined by dots are computed, so
// that a rule cannot write into the query. column_type is keyword (or string),
// caseless, wildcard, text, int, float, bool, ip, time, guid or dynamic:
//
//	type: computed_field
//	field: RegistryPath
//	expression: strcat(RegistryKey, @'\', RegistryValueName)
//	column_type: string
//
// check_fields reports fields that are neither columns of the rule's table nor
// computed, with mode: error (the default) or mode: warn.
//
// rule_warning and detection_item_warning are like rule_failure and
// detection_item_failure, but warn: code is assumed (the default),
// matches-less, matches-more or not-evaluated. In the message of all four,
// $logsource is what the rule says of its log source.
//
// conditional_field_mapping is field_name_mapping for names that depend on the
// event or on the log source. A key field=value holds for events that have
// that value in the field, as far as the rule says: what must hold beside an
// item counts, so that searches for different events have different names, and
// where the rule has several values, each name is asked for together with its
// values. service=value, category=value and product=value hold for the rule's
// log source as the rule has it, or else as earlier steps made it; the most
// specific decides. default holds where nothing else does; without it the
// field keeps its name, and where a value could have decided, the query has a
// warning:
//
//	type: conditional_field_mapping
//	mapping:
//	  Details: {EventID=13: registry.value, default: [details, message]}
//	  Image: {category=process_creation: process.executable, default: image}
//	  User: user.name
//
// add_alternative notes items as add_condition has them, and
// require_alternative adds what was noted so far to the rule: the items of one
// of these steps must match.
//
//	type: add_alternative
//	conditions: {source: 'WinEventLog:Security'}
//
// add_index adds names to the indices that the rule's events are in, the state
// index, with otherwise: true only where there is none. index_condition makes a
// condition on a field of them, for Splunk, and index_table the table or the
// union of tables that a Kusto query begins with:
//
//	{type: add_index, index: ['winlogbeat-*']}
//	{type: index_condition, field: index, rule_conditions: [{type: target, targets: [splunk]}]}
//
// add_query adds a piece of query in the target's language, with a warning.
//
// The rule condition target holds where the query is for one of the targets, by
// the names that allowed_backends knows:
//
//	rule_conditions: [{type: target, targets: [splunk, elasticsearch]}]
//
// The rule condition logsource_lacks holds where the log source has none of
// the attributes:
//
//	rule_conditions: [{type: logsource_lacks, attributes: [service]}]
//
// The rule condition requires_detection_item holds where no event can match
// the rule that has not that value in that field, or one of several, so that
// steps may take it for granted. contains_detection_item holds for an item
// anywhere in the rule:
//
//	rule_conditions: [{type: requires_detection_item, field: Initiated, value: 'true'}]
//	rule_conditions: [{type: requires_detection_item, field: EventID, values: [4624, 4625]}]
//
// The rule condition uses_only_fields holds where the rule asks of an event
// nothing but those fields, so that a table that has them is enough for it:
//
//	rule_conditions: [{type: uses_only_fields, fields: [Image, CommandLine]}]
//
// # Schemas of users
//
// [Pipeline.WithSchema] gives a pipeline the tables that the user really has.
// They stand in for those that set_table and the state query_table name, which
// decides the types of fields for all steps behind, and in the query. A table
// or a field that the user does not have is an error at the rule's item, or
// whatever the policy says; the steps check_fields are left to it.
package pipeline
