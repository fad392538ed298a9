package splunk

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// annotate writes what the search is about: the techniques of ATT&CK where
// Enterprise Security and others look for them, and what Sigma says of the rule.
func (s *search) annotate() {
	annotations := map[string]any{}
	if ids := s.techniques(); len(ids) > 0 {
		annotations["mitre_attack"] = ids
	}
	if cve := s.tagged("cve"); len(cve) > 0 {
		annotations["cve"] = cve
	}
	if stories := emit.SplitList(s.Setting("analytic_story")); len(stories) > 0 {
		annotations["analytic_story"] = stories
	}
	s.json("action.correlationsearch.annotations", annotations)
	s.json("action.correlationsearch.metadata", s.metadata())
}

// techniques are the ids of ATT&CK's techniques that the rule is tagged with.
func (s *search) techniques() []string {
	var ids []string
	for _, t := range s.tags.Techniques {
		ids = append(ids, t.ID)
	}
	return ids
}

// tagged returns the vulnerabilities that the rule is tagged with, as
// CVE-2021-44228.
func (s *search) tagged(namespace string) []string {
	var out []string
	for _, t := range s.Meta.Tags {
		if t.Namespace() == namespace {
			out = append(out, strings.ToUpper(namespace+"-"+strings.ReplaceAll(t.Name(), ".", "-")))
		}
	}
	return out
}

// metadata says of which rule the search is made. detection_id, deprecated and
// publish_time are what contentctl writes; the others are Sigma's.
func (s *search) metadata() map[string]any {
	m := map[string]any{"detection_id": s.ID, "deprecated": bit(s.Meta.Status == "deprecated")}
	if day, ok := dateOf(s.Meta.Date); ok {
		m["publish_time"] = day.Unix()
	}
	for key, value := range map[string]string{
		"sigma_title": s.Meta.Title, "sigma_id": s.Meta.ID, "sigma_level": string(s.Meta.Level), "sigma_status": string(s.Meta.Status),
		"sigma_author": s.Meta.Author, "sigma_date": s.Meta.Date, "sigma_modified": s.Meta.Modified, "sigma_license": s.Meta.License,
	} {
		if value != "" {
			m[key] = value
		}
	}
	var tags []string
	for _, t := range s.Meta.Tags {
		tags = append(tags, t.Text)
	}
	if len(tags) > 0 {
		m["sigma_tags"] = tags
	}
	return m
}

// dateOf reads a date of a rule.
func dateOf(text string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, sigma.ISODate(text))
	return day, err == nil
}

// json adds a setting whose value is JSON, on one line, which a .conf file
// always can hold.
func (s *search) json(key string, value any) {
	text, err := jsontext.Marshal(value)
	if err != nil {
		s.Fail(s.Meta.Pos, sigma.BadValue, "", "%s: %v", key, err)
		return
	}
	s.set(key, escapeControls(string(text)))
}

// escapeControls escapes what JSON lets stand in strings and a reader of .conf
// files may take for a line break, or not at all.
func escapeControls(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
