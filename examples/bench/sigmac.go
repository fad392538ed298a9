package main

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/internal/stream"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// buildRules reads the rules as they are meant.
func buildRules(set *ruleSet) ([]*ir.Rule, error) {
	rules := make([]*ir.Rule, len(set.paths))
	for i, path := range set.paths {
		r, err := sigma.ParseRule(path, set.texts[i])
		if err != nil {
			return nil, err
		}
		if rules[i], err = ir.Build(r); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// compile makes the engine, of the rules that can run.
func compile(rules []*ir.Rule, o eval.Options) (e *eval.Engine, refused int, err error) {
	o.SkipErrors = true
	e, err = eval.Compile(rules, o)
	bad := map[*sigma.File]bool{}
	for _, x := range sigma.Errors(err) {
		bad[x.Pos.File] = true
	}
	if e == nil {
		return nil, 0, err
	}
	return e, len(bad), nil
}

func loadSigmac(set *ruleSet) (*loaded, error) { return loadEngine(set, eval.Options{}) }

// loadDerived makes the engine find out what kind of event it sees.
func loadDerived(set *ruleSet) (*loaded, error) { return loadEngine(set, eval.Options{Derive: true}) }

func loadEngine(set *ruleSet, o eval.Options) (*loaded, error) {
	rules, err := buildRules(set)
	if err != nil {
		return nil, err
	}
	e, refused, err := compile(rules, o)
	if err != nil {
		return nil, err
	}
	return &loaded{rules: len(rules) - refused, refused: refused, worker: func() worker {
		return sessionWorker(oneSession(e))
	}}, nil
}

// loadGiven makes an engine for each kind of event that the stream has. Who
// collects events knows their channel and number, and chooses by them.
func loadGiven(set *ruleSet) (*loaded, error) {
	rules, err := buildRules(set)
	if err != nil {
		return nil, err
	}
	all, refused, err := compile(rules, eval.Options{})
	if err != nil {
		return nil, err
	}
	engines := map[kind]*eval.Engine{}
	for k, sources := range kinds {
		engines[k] = all.For(sources...)
	}
	return &loaded{rules: len(rules) - refused, refused: refused, worker: func() worker {
		sessions := map[kind]*eval.Session{}
		for k, e := range engines {
			sessions[k] = e.NewSession()
		}
		return sessionWorker(func(e *stream.Event) *eval.Session { return sessions[kind{e.Channel, e.ID}] })
	}}, nil
}

// sessionWorker matches with the session that is chosen for each event.
func sessionWorker(choose func(*stream.Event) *eval.Session) worker {
	type decoded struct {
		fields  eval.Map
		session *eval.Session
	}
	var dst []eval.Match
	return worker{
		json: func(e *stream.Event) int {
			var err error
			if dst, err = choose(e).MatchJSON(e.JSON, dst[:0]); err != nil {
				panic(fmt.Sprintf("%v: %s", err, e.JSON)) // the generator writes JSON
			}
			return len(dst)
		},
		form: func(e *stream.Event) any { return &decoded{decode(e.JSON), choose(e)} },
		match: func(x any) int {
			d := x.(*decoded)
			dst = d.session.Match(d.fields, dst[:0])
			return len(dst)
		},
	}
}

// oneSession chooses the same session for all events.
func oneSession(e *eval.Engine) func(*stream.Event) *eval.Session {
	s := e.NewSession()
	return func(*stream.Event) *eval.Session { return s }
}

// A kind of event is told by its channel and number.
type kind struct {
	channel string
	id      int
}

// kinds says what log sources the events of the stream are. Those of no
// category have one that no rule has, so that rules with a category are
// left out.
var kinds = map[kind][]sigma.LogSource{}

func init() {
	const sysmon, security = "Microsoft-Windows-Sysmon/Operational", "Security"
	for _, k := range []struct {
		channel    string
		id         int
		service    string
		categories []string
	}{
		{sysmon, 1, "sysmon", []string{"process_creation"}},
		{sysmon, 3, "sysmon", []string{"network_connection"}},
		{sysmon, 5, "sysmon", []string{"process_termination"}},
		{sysmon, 7, "sysmon", []string{"image_load"}},
		{sysmon, 10, "sysmon", []string{"process_access"}},
		{sysmon, 11, "sysmon", []string{"file_event"}},
		{sysmon, 12, "sysmon", []string{"registry_add", "registry_delete", "registry_event"}},
		{sysmon, 13, "sysmon", []string{"registry_set", "registry_event"}},
		{sysmon, 17, "sysmon", []string{"pipe_created"}},
		{sysmon, 18, "sysmon", []string{"pipe_created"}},
		{sysmon, 22, "sysmon", []string{"dns_query"}},
		{security, 4688, "security", []string{"process_creation"}},
		{security, 4624, "security", []string{"none"}},
		{security, 4648, "security", []string{"none"}},
		{security, 4701, "security", []string{"none"}},
		{"Microsoft-Windows-PowerShell/Operational", 4104, "powershell", []string{"ps_script"}},
		{"Microsoft-Windows-TaskScheduler/Operational", 142, "taskscheduler", []string{"none"}},
		{"Microsoft-Windows-WMI-Activity/Operational", 5858, "wmi", []string{"none"}},
	} {
		for _, c := range k.categories {
			kinds[kind{k.channel, k.id}] = append(kinds[kind{k.channel, k.id}], sigma.LogSource{Product: "windows", Service: k.service, Category: c})
		}
	}
}
