package main

import "github.com/sigma-compiler/sigmac/sigma"

// The codes of what only tests find.
const (
	codeTestFailed sigma.Code = "test-failed" // a rule does not answer as a test expects
	codeBadTest    sigma.Code = "bad-test"    // a test that cannot be run
	codeNoTest     sigma.Code = "no-test"     // a rule without tests
)

// A codeDoc says what a code is about, for those who read it in a report and
// have never seen the tool.
type codeDoc struct {
	code sigma.Code
	kind kind
	what string // one sentence
	help string // what to do; Markdown
}

// codeDocs are all codes, in the order of their declaration.
var codeDocs = []codeDoc{
	{sigma.BadYAML, kindError, "The text is not YAML, or YAML that a rule cannot be.", "Correct the text at this place. Values with `: `, `#`, `*` or `%` at their begin need quotes."},
	{sigma.DuplicateKey, kindError, "A mapping has the same key twice.", "Keep one of the keys, or put the values into one list: YAML keeps only one of them."},
	{sigma.Limit, kindError, "The input is larger or deeper than is accepted.", "Split the file, or write the condition in fewer words."},
	{sigma.MissingKey, kindError, "A mandatory attribute is absent.", "Add the attribute: a rule needs at least `title`, `logsource` and `detection` with `condition`."},
	{sigma.BadType, kindError, "An attribute has another type than the Sigma specification says.", "Write a text, a number, a list or a mapping, as the message says."},
	{sigma.BadValue, kindError, "The value of an attribute is none of those allowed.", "Write one of the values that the message names."},
	{sigma.BadDetection, kindError, "A detection cannot mean anything.", "A search is a mapping of fields to values, or a list of such mappings or of keywords."},
	{sigma.BadCondition, kindError, "A condition does not parse.", "A condition joins names of searches by `and`, `or`, `not` and parentheses; `1 of` and `all of` take names with `*`."},
	{sigma.UnknownName, kindError, "A condition or a correlation names what does not exist.", "Correct the name, or add the search or the rule."},
	{sigma.BadModifier, kindError, "A modifier is unknown, or does not go with its value or its neighbours.", "`sigmac list modifiers` has all modifiers and what they go with."},
	{sigma.BadRegexp, kindError, "A regular expression cannot be read.", "Correct the expression. In single quotes YAML leaves backslashes as they are."},
	{sigma.BadCIDR, kindError, "A network is none.", "Write an address, a slash and a number of bits, such as `10.0.0.0/8` or `2001:db8::/32`."},
	{sigma.BadPlaceholder, kindError, "Nothing fills a placeholder.", "Add a pipeline with its values (`-p FILE`)."},
	{sigma.BadPipeline, kindError, "A processing pipeline cannot be used.", "`sigmac pipeline check` says what is wrong with it."},
	{sigma.RuleRejected, kindError, "A pipeline refuses the rule.", "The rule is not for this target: leave it out, or convert it with another pipeline. With `-s` it is passed over."},
	{sigma.BadSchema, kindError, "A schema cannot be read or used.", "`sigmac check --help` says which files `--schema` reads."},
	{sigma.UnknownField, kindError, "The target's schema does not have a field.", "Map the field by a pipeline, correct its name, or say by `--unknown-fields` what becomes of such fields. With `-s` the rule is passed over."},
	{sigma.UnknownTable, kindError, "The target's schema does not have a table.", "Correct the log source or the pipeline, or add the table by `--schema`. With `-s` the rule is passed over."},
	{sigma.BadFieldType, kindError, "The field's type in the target cannot have the test.", "Compare numbers with numbers and addresses with networks; the message says which type the field has. With `-s` the rule is passed over."},
	{sigma.BadSetting, kindError, "A setting of a target does not exist or has a wrong value.", "`sigmac list settings` has all settings and their values."},
	{sigma.Unsupported, kindError, "The target's language cannot say it.", "Write the rule otherwise, or convert it to one of the languages that the message names. With `-s` it is passed over."},
	{sigma.Unreadable, kindError, "A file or a folder cannot be read.", "See that it exists, and that it may be read."},
	{sigma.WrongQuery, kindError, "The query, read back, is not what the rule means.", "Do not use the query, and report this as a mistake of sigmac, with the rule."},
	{sigma.Deprecated, kindWarning, "An old spelling, which is still read.", "Write it as the message says."},
	{sigma.Style, kindWarning, "A spelling that other tools may not read.", "Write it as the Sigma specification does."},
	{sigma.MatchesLess, kindWarning, "The query finds fewer events than the rule means.", "See whether the events that it misses occur; if so, convert to another language or choose another setting."},
	{sigma.MatchesMore, kindWarning, "The query finds more events than the rule means.", "See whether the events that it finds in addition occur; if so, filter its results."},
	{sigma.Assumed, kindWarning, "The query is right if an assumption holds.", "See whether it holds for your data; a schema (`--schema`) often decides it."},
	{sigma.NotEvaluated, kindWarning, "A part of the rule has no bearing on the query.", "Remove the part, or say it in the condition."},
	{sigma.NotVerified, kindWarning, "The query could not be compared with its rule.", "Nothing is known to be wrong; look at the query yourself."},
	{codeTestFailed, kindError, "A rule does not answer as its test expects.", "Correct the rule, or the test. `sigmac explain -r RULE EVENT` shows all parts of the rule with the values of the event."},
	{codeBadTest, kindError, "A test cannot be run.", "Correct the file of tests; `sigmac test --help` has the format."},
	{codeNoTest, kindError, "A rule has no test.", "Add a file `NAME.tests.yml` beside the rule `NAME.yml`; `sigmac synth` makes events to begin with."},
}

// codeIndex returns the place of a code in codeDocs, -1 where it has none.
func codeIndex(code sigma.Code) int {
	for i := range codeDocs {
		if codeDocs[i].code == code {
			return i
		}
	}
	return -1
}
