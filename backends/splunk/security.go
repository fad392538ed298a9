package splunk

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// es reports whether the search is one of Enterprise Security.
func (s *search) es() bool { return s.Setting("es") == "true" || s.Setting("escu") == "true" }

// security writes the settings of Enterprise Security, and those that Splunk's
// own content (ESCU) has in addition.
func (s *search) security() {
	if !s.es() {
		return
	}
	s.set("action.correlationsearch.enabled", "1")
	s.set("action.correlationsearch.detection_type", "ebd")
	label, _ := confName(s.Title)
	s.set("action.correlationsearch.label", label)
	if s.Setting("notable") == "true" {
		s.notable(label)
	}
	if s.Setting("risk") == "true" {
		s.risk(label)
	}
	if s.Setting("escu") == "true" {
		s.escu()
	}
}

// notable makes a notable event, or a finding, of each result.
func (s *search) notable(label string) {
	s.set("action.notable", "1")
	s.set("action.notable.param.rule_title", s.tokenFree("the title", label))
	s.set("action.notable.param.rule_description", s.tokenFree("the description", s.description))
	s.set("action.notable.param.security_domain", s.Setting("security_domain"))
	s.set("action.notable.param.severity", string(s.Level))
	if names := s.seen(); len(names) > 0 {
		s.set("action.notable.param.nes_fields", strings.Join(names, ","))
	}
	if token.MatchString(s.query) {
		s.Warn(s.Meta.Pos, sigma.Style, "", "there is no drilldown: the query has a $name$ in it, and in a drilldown that would become the value of a field")
		return
	}
	s.json("action.notable.param.drilldown_searches", []map[string]string{{
		"name": "View the results of the detection", "search": s.query, "earliest_offset": "$info_min_time$", "latest_offset": "$info_max_time$",
	}})
}

// token is what an action replaces by the value of a field of the result
// (alert_actions.conf.spec, "tokens").
var token = regexp.MustCompile(`\$[^$\s]+\$`)

// tokenFree warns of a text of which an action would replace a part.
func (s *search) tokenFree(what, text string) string {
	if found := token.FindString(text); found != "" {
		s.Warn(s.Meta.Pos, sigma.Style, "", "%s has %q in it, which Enterprise Security replaces by the value of a field", what, found)
	}
	return text
}

// risk raises the risk of the systems and users of each result. The scores of
// levels are a fifth of 100 for each.
func (s *search) risk(label string) {
	objects := s.riskObjects()
	if len(objects) == 0 {
		s.Warn(s.Meta.Pos, sigma.Style, "set risk_objects, such as dest:system,user:user, or risk to false",
			"there is no risk: neither the query nor fields has a field that is known to name a system or a user")
		return
	}
	score := 20 * (1 + slices.Index(sigma.Levels(), string(s.Level)))
	if own := s.Setting("risk_score"); own != "" {
		n, err := strconv.Atoi(own)
		if err != nil || n < 0 || n > 100 {
			s.Fail(s.Meta.Pos, sigma.BadSetting, "write a number from 0 to 100", "the setting risk_score is %q", own)
		}
		score = n
	}
	for _, o := range objects {
		o["risk_score"] = score
	}
	s.set("action.risk", "1")
	s.set("action.risk.param._risk_message", s.tokenFree("the title", label))
	s.json("action.risk.param._risk", objects)
	s.set("action.risk.param._risk_score", "0") // the objects have it
	s.set("action.risk.param.verbose", "0")
}

// riskFields are the names of fields that say which system or user an event
// is about: those of the Common Information Model, of Sysmon and Windows.
var riskFields = map[string]string{
	"dest": "system", "src": "system", "host": "system", "dvc": "system", "dest_host": "system", "src_host": "system",
	"dest_ip": "system", "src_ip": "system", "dest_nt_host": "system", "src_nt_host": "system",
	"Computer": "system", "ComputerName": "system", "Workstation": "system", "WorkstationName": "system",
	"user": "user", "src_user": "user", "dest_user": "user", "User": "user", "TargetUserName": "user", "SubjectUserName": "user",
}

// riskObjects returns the fields that name what is at risk: those of the
// setting, or those of the query that are known to.
func (s *search) riskObjects() []map[string]any {
	var out []map[string]any
	add := func(field, kind string) {
		out = append(out, map[string]any{"risk_object_field": field, "risk_object_type": kind})
	}
	if own := emit.SplitList(s.Setting("risk_objects")); len(own) > 0 {
		for _, o := range own {
			field, kind, _ := strings.Cut(o, ":")
			if !plainName(field, "._-{}") || !slices.Contains([]string{"system", "user", "other"}, kind) {
				s.Fail(s.Meta.Pos, sigma.BadSetting, "write fields with their kind, system, user or other, such as dest:system,user:user", "the setting risk_objects has %q", o)
			}
			add(field, kind)
		}
		return out
	}
	for _, name := range s.seen() {
		if kind := riskFields[name]; kind != "" {
			add(name, kind)
		}
	}
	if len(out) == 0 && s.hasHost() {
		add("host", "system")
	}
	return out
}

// hasHost reports whether results have the field host, as all events do: rows
// of statistics have the columns that they were made with only.
func (s *search) hasHost() bool {
	tabled := s.Setting("table") == "true" && len(columns(s.Job, s.Entry)) > 0
	return s.Setting("tstats") != "true" && s.Method != emit.Buckets && !tabled
}

// seen returns the names of fields that results can have: those that the rule
// tests, as exclusions too, and those that it wants to be seen, or those of the
// table.
func (s *search) seen() []string {
	var names []string
	add := func(name string) {
		if plainName(name, "._-{}") && name[0] != '_' && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	shown := columns(s.Job, s.Entry)
	if s.Setting("table") == "true" && len(shown) > 0 {
		for _, name := range shown {
			add(name)
		}
		return names
	}
	for _, r := range s.Rules() {
		for _, e := range r.Where {
			eachField(e, func(_ sigma.Pos, name string) { add(name) })
		}
	}
	if s.Setting("tstats") != "true" {
		for _, name := range shown {
			add(name)
		}
	}
	return names
}

// escu writes what the searches of ESCU have for its own pages.
func (s *search) escu() {
	s.set("action.escu", "0")
	s.set("action.escu.enabled", "1")
	s.json("action.escu.mappings", map[string]any{"mitre_attack": some(s.techniques())})
	s.json("action.escu.data_models", some(s.models()))
	s.set("action.escu.eli5", s.description)
	s.text("action.escu.how_to_implement", s.needs())
	s.text("action.escu.known_false_positives", strings.Join(s.Meta.FalsePositives, "\n"))
	if day, ok := dateOf(s.Meta.Date); ok {
		s.set("action.escu.creation_date", day.Format(time.DateOnly))
		if changed, ok := dateOf(s.Meta.Modified); ok {
			day = changed
		}
		s.set("action.escu.modification_date", day.Format(time.DateOnly))
	}
	s.set("action.escu.search_type", "detection")
	s.set("action.escu.providing_technologies", "null")
	s.json("action.escu.analytic_story", some(emit.SplitList(s.Setting("analytic_story"))))
}

// models names the data models that the query asks.
func (s *search) models() []string {
	var names []string
	for _, r := range s.Rules() {
		name, _, ok := strings.Cut(r.State["data_model_set"], ".")
		asked := s.Setting("tstats") == "true" || dataset(r) != nil
		if ok && asked && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// needs says which logs the search reads.
func (s *search) needs() string {
	var logs []string
	for _, r := range s.Rules() {
		l := r.LogSource
		text := strings.Join(slices.DeleteFunc([]string{l.Product, l.Service, l.Category}, func(w string) bool { return w == "" }), " ")
		if text != "" && !slices.Contains(logs, text) {
			logs = append(logs, text)
		}
	}
	return fmt.Sprintf("The search reads the logs that Sigma calls %s.", strings.Join(logs, ", "))
}

func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
