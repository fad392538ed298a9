package pipeline

// A transformationType is one type of step, as lists of them print it.
type transformationType struct {
	name string
	doc  string
	ours bool // an extension of this project, not pySigma's
	make func(*params, *step) transformation
}

// transformations is the one table of them: pySigma's first, then the
// project's own. The one without make is known, and refused: it is for Python
// programs.
var transformations = []transformationType{
	{name: "field_name_mapping", doc: "fields get other names, one or several", make: makeFieldMapping},
	{name: "field_name_prefix_mapping", doc: "the beginnings of field names are replaced", make: makePrefixMapping},
	{name: "field_name_prefix", doc: "field names get a prefix", make: makePrefix},
	{name: "field_name_suffix", doc: "field names get a suffix", make: makeSuffix},
	{name: "field_name_transform", doc: "field names go through a Python function"},
	{name: "drop_detection_item", doc: "items are left out, with a warning that says what that does", make: makeDrop},
	{name: "hashes_fields", doc: "a test of Hashes becomes tests of a field for each algorithm", make: makeHashes},
	{name: "extract_fields", doc: "parts of values become tests of fields of their own", make: makeExtract},
	{name: "wildcard_placeholders", doc: "placeholders become *", make: makeWildcardPlaceholders},
	{name: "value_placeholders", doc: "placeholders become the values of a variable", make: makeValuePlaceholders},
	{name: "query_expression_placeholders", doc: "items become a piece of query", make: makeQueryPlaceholders},
	{name: "file_placeholders", doc: "placeholders become what a file lists", make: makeFileSource},
	{name: "http_placeholders", doc: "placeholders become what a server answers, if that is allowed", make: makeHTTPSource},
	{name: "command_placeholders", doc: "placeholders become what a command prints, if that is allowed", make: makeCommandSource},
	{name: "add_condition", doc: "further items must match", make: makeAddCondition},
	{name: "change_logsource", doc: "the rule gets another log source", make: makeChangeLogSource},
	{name: "add_field", doc: "names are added to the rule's fields", make: makeAddField},
	{name: "remove_field", doc: "names are taken from the rule's fields", make: makeRemoveField},
	{name: "set_field", doc: "the rule's fields are replaced", make: makeSetField},
	{name: "replace_string", doc: "parts of values are replaced by a regular expression", make: makeReplaceString},
	{name: "map_string", doc: "whole values are replaced", make: makeMapString},
	{name: "set_state", doc: "a value is noted for the backend and for conditions", make: makeSetState},
	{name: "regex", doc: "values become regular expressions", make: makeRegex},
	{name: "set_value", doc: "the values of items are replaced by one value", make: makeSetValue},
	{name: "convert_type", doc: "values become strings or numbers", make: makeConvertType},
	{name: "case", doc: "values are written in lower, upper or snake case", make: makeCase},
	{name: "rule_failure", doc: "the rule is refused", make: makeRuleFailure},
	{name: "detection_item_failure", doc: "the rule is refused for an item", make: makeItemFailure},
	{name: "strict_field_mapping_failure", doc: "the rule is refused where a field was not mapped", make: makeStrictFailure},
	{name: "set_custom_attribute", doc: "the rule gets a further attribute", make: makeSetAttribute},
	{name: "nest", doc: "a list of steps, under the conditions of this one", make: makeNest},

	{name: "rule_warning", ours: true, doc: "the query gets a warning", make: makeRuleWarning},
	{name: "detection_item_warning", ours: true, doc: "the query gets a warning for an item", make: makeItemWarning},
	{name: "fact_mapping", ours: true, doc: "fields get the names that a table of facts has for a target", make: makeFactMapping},
	{name: "fact_condition", ours: true, doc: "further items must match, which a table of facts has for the log source", make: makeFactCondition},
	{name: "fact_item", ours: true, doc: "a test of a field becomes a test of another one for what a table of facts says of the value", make: makeFactItem},
	{name: "map_item", ours: true, doc: "a test of a field for a value becomes tests of other fields", make: makeMapItem},
	{name: "split_field", ours: true, doc: "a test of a field becomes tests of the two fields whose values it joins", make: makeSplitField},
	{name: "absent_field", ours: true, doc: "items are what they are for an event without their field, with a warning", make: makeAbsentField},
	{name: "set_table", ours: true, doc: "the rule is about that table of a schema", make: makeSetTable},
	{name: "table_parameter", ours: true, doc: "a table that is a function is told what the rule requires anyway", make: makeTableParameter},
	{name: "computed_field", ours: true, doc: "a field that the rule uses is computed by the query", make: makeComputedField},
	{name: "computed_fields", ours: true, doc: "fields that are no columns are computed, all by one expression with their name in it", make: makeComputedFields},
	{name: "conditional_field_mapping", ours: true, doc: "fields get names that depend on a value of the event or on the log source", make: makeConditionalMapping},
	{name: "add_alternative", ours: true, doc: "further items, of which those of one such step must match", make: makeAddAlternative},
	{name: "require_alternative", ours: true, doc: "what add_alternative added so far must match", make: makeRequireAlternative},
	{name: "add_index", ours: true, doc: "the events are in one of these indices too", make: makeAddIndex},
	{name: "index_condition", ours: true, doc: "the indices become a condition on a field", make: makeIndexCondition},
	{name: "index_table", ours: true, doc: "the indices become the table of a query", make: makeIndexTable},
	{name: "add_query", ours: true, doc: "a piece of query must match too", make: makeAddQuery},
	{name: "check_fields", ours: true, doc: "fields must be columns of the table", make: makeCheckFields},
}

// find returns the type of that name, or nil.
func find(table []transformationType, name string) *transformationType {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// names returns the names of the types, for suggestions.
func names(table []transformationType) []string {
	out := make([]string, len(table))
	for i := range table {
		out[i] = table[i].name
	}
	return out
}

// A Feature is something that a pipeline can have, as lists of them print it.
type Feature struct {
	Name      string
	Doc       string // one line
	Kind      string // transformation, postprocessing item, finalizer, rule condition, detection item condition, field name condition
	Extension bool   // of this project; pySigma does not have it
	Supported bool   // false where a pipeline that uses it is refused
}

// Features returns all transformations, postprocessing items, finalizers and
// conditions that a pipeline can name.
func Features() []Feature {
	var out []Feature
	for _, t := range transformations {
		out = append(out, Feature{Name: t.name, Doc: t.doc, Kind: "transformation", Extension: t.ours, Supported: t.make != nil})
	}
	for _, t := range postTypes() {
		out = append(out, Feature{Name: t.name, Doc: t.doc, Kind: "postprocessing item", Supported: true})
	}
	for _, t := range finalTypes() {
		out = append(out, Feature{Name: t.name, Doc: t.doc, Kind: "finalizer", Supported: true})
	}
	out = appendConditions(out, "rule condition", ruleConditions)
	out = appendConditions(out, "detection item condition", itemConditions)
	return appendConditions(out, "field name condition", fieldConditions)
}

func appendConditions[C any](out []Feature, kind string, table []condition[C]) []Feature {
	for _, c := range table {
		out = append(out, Feature{Name: c.name, Doc: c.doc, Kind: kind, Supported: true})
	}
	return out
}
