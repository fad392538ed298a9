package splunk

import (
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// keyPrefix begins the settings that are settings of the saved search.
const keyPrefix = "key."

// formats are what queries are wrapped in.
var formats = []emit.Format{
	{Name: "default", Doc: "the query, on one line"},
	{Name: "data_model", Doc: "a tstats search of the data model that the pipeline names, such as splunk_cim", Query: dataModelQuery},
	{Name: "savedsearches", Doc: "stanzas of savedsearches.conf: scheduled searches with alerts, for Enterprise Security by a setting", Content: &emit.Content{
		Entry: savedSearch, Join: joinStanzas, Apart: distinctStanzas, Ext: ".conf", Settings: contentSettings,
	}},
	{Name: "app", Doc: "a Splunk app with the saved searches, macros and lookups; on standard output, its savedsearches.conf", Content: &emit.Content{
		Entry: savedSearch, Join: joinStanzas, Files: appFiles, Ext: ".conf", Settings: contentSettings,
	}},
}

// contentSettings are the settings of saved searches. Each hour, the hour that
// ended ten minutes before is looked at, as by Splunk's own content.
var contentSettings = slices.Concat(emit.ContentSettings("1h", "0", "10m"), []emit.Setting{
	{Name: "index", Whole: true, Doc: "the index to search, or several with commas between them, such as main or wineventlog,sysmon"},
	{Name: "macro", Whole: true, Doc: "the name of a macro to put before the search, such as sysmon"},
	{Name: "table", Default: "false", Values: flags, Doc: "show the fields that the rule names under fields, or a correlation's group-by, as a table"},
	{Name: "tstats", Whole: true, Default: "false", Values: flags, Doc: "search the data model that the pipeline names by tstats, as the format data_model does"},
	{Name: "once", Default: "true", Values: flags, Doc: "tell each firing of a correlation by one run only, though the next run looks back over its timespan and finds it again"},
	{Name: "suppress", Doc: "fields, with commas between them: a result with the values of an earlier one in all of them makes no alert"},
	{Name: "suppress_period", Doc: "for how long alerts are suppressed, such as 4h; the time that a run looks back over where only suppress is set"},
	{Name: "es", Default: "false", Values: flags, Doc: "the settings of Enterprise Security: a correlation search with a notable event and risk"},
	{Name: "escu", Default: "false", Values: flags, Doc: "those of es, and what the searches of Splunk's own content updates have in addition"},
	{Name: "notable", Default: "true", Values: flags, Doc: "with es, make a notable event of each result"},
	{Name: "risk", Default: "true", Values: flags, Doc: "with es, add to the risk of the systems and users of each result"},
	{Name: "risk_objects", Doc: "what is at risk: fields with their kind, system, user or other, such as dest:system,user:user; those of the query that are known where it is not set"},
	{Name: "risk_score", Doc: "the risk from 0 to 100; 20 for each level from informational on where it is not set"},
	{Name: "security_domain", Default: "threat", Values: []string{"access", "audit", "endpoint", "identity", "network", "threat"}, Doc: "with es, the security domain of the notable event"},
	{Name: "analytic_story", Doc: "names of analytic stories, with commas between them"},
	{Name: keyPrefix, Open: true, Given: true, Doc: "any other setting of savedsearches.conf, such as key.action.email.to"},
})

var flags = []string{"false", "true"}
