package attack

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// Tags are what the tags of a rule say about ATT&CK.
type Tags struct {
	Techniques []*Technique    // each once, in the order of the tags; what replaced it in place of one that was revoked
	Tactics    []*Tactic       // those tagged, each once, in the order of the tags
	Problems   sigma.ErrorList // warnings, each at its tag
}

// Of reads the tags of a rule in the namespace attack. It warns of techniques and
// tactics that do not exist, of techniques that were revoked or deprecated, of
// tactics spelled as in Sigma's first version, and of techniques that stand under
// none of the tactics tagged, in neither version, where any are. Groups, software
// and other objects of ATT&CK are no techniques and are passed over.
func Of(m *sigma.Meta) Tags {
	var t Tags
	var tagged []tagging
	for _, tag := range m.Tags {
		if tag.Namespace() != "attack" {
			continue
		}
		name := tag.Name()
		switch tactic := Find(name); {
		case tactic != nil:
			t.tactic(tag, tactic)
		case isTechnique(name):
			if technique := t.technique(tag, name); technique != nil {
				tagged = append(tagged, tagging{tag, technique})
			}
		case !isObject(name):
			t.warn(tag, sigma.BadValue, "ATT&CK "+Version+" has no tactic "+short(name), meant(name))
		}
	}
	t.contradictions(tagged)
	return t
}

// A tagging is a technique as it was tagged.
type tagging struct {
	tag       sigma.Tag
	technique *Technique
}

func (t *Tags) warn(tag sigma.Tag, code sigma.Code, msg, hint string) {
	t.Problems = append(t.Problems, &sigma.Error{Pos: tag.Pos, Code: code, Msg: msg, Hint: hint})
}

// tactic takes in the tag of a tactic.
func (t *Tags) tactic(tag sigma.Tag, tactic *Tactic) {
	if strings.Contains(tag.Name(), "_") {
		t.warn(tag, sigma.Deprecated, "the tactic has underscores", "write attack."+tactic.ShortName)
	}
	if !slices.Contains(t.Tactics, tactic) {
		t.Tactics = append(t.Tactics, tactic)
	}
}

// technique takes in the tag of a technique and returns the one that it names, or
// nil where there is none.
func (t *Tags) technique(tag sigma.Tag, id string) *Technique {
	named := Lookup(id)
	if named == nil {
		t.warn(tag, sigma.BadValue, "Enterprise ATT&CK "+Version+" has no technique "+strings.ToUpper(short(id)), withoutSub(id))
		return nil
	}
	now := named
	switch {
	case named.ReplacedBy != nil:
		now = named.ReplacedBy
		t.warn(tag, sigma.Deprecated, named.String()+" was revoked", "write attack."+strings.ToLower(now.ID)+", "+now.Name)
	case named.Revoked:
		t.warn(tag, sigma.Deprecated, named.String()+" was revoked", "")
	case named.Deprecated:
		t.warn(tag, sigma.Deprecated, named.String()+" is deprecated", "nothing replaced it")
	}
	if !slices.Contains(t.Techniques, now) {
		t.Techniques = append(t.Techniques, now)
	}
	return named
}

// String returns the identifier and the name.
func (t *Technique) String() string { return t.ID + " (" + t.Name + ")" }

// contradictions warns of techniques that stand under none of the tactics tagged.
func (t *Tags) contradictions(tagged []tagging) {
	if len(t.Tactics) == 0 {
		return
	}
	for _, g := range tagged {
		if !slices.ContainsFunc(t.Tactics, g.technique.under) {
			t.warn(g.tag, sigma.BadValue, "no tactic of "+g.technique.String()+" is tagged", "it stands under "+shortNames(g.technique.Tactics))
		}
	}
	t.Problems.Sort()
}

// under reports whether the technique stands under a tactic, in either version.
func (t *Technique) under(tagged *Tactic) bool {
	has := func(real *Tactic) bool { return meets(tagged, real) }
	return slices.ContainsFunc(t.Tactics, has) || slices.ContainsFunc(t.v18, has)
}

// isTechnique reports whether a name has the form of a technique's identifier: T,
// and digits with at most one dot behind the first of them.
func isTechnique(name string) bool {
	if len(name) < 2 || name[0]|0x20 != 't' {
		return false
	}
	number, sub, dot := strings.Cut(name[1:], ".")
	return isNumber(number) && (!dot || isNumber(sub))
}

// isObject reports whether a name is the identifier of something else that ATT&CK
// has: a group, software, a campaign, a mitigation, a data source or component, a
// detection strategy, an analytic or an asset.
func isObject(name string) bool {
	i := strings.IndexAny(name, "0123456789")
	if i < 0 || !isNumber(name[i:]) {
		return false
	}
	return slices.Contains([]string{"g", "s", "c", "m", "ds", "dc", "det", "an", "a"}, strings.ToLower(name[:i]))
}

// short returns a name as messages have it: a tag may be of any length.
func short(name string) string {
	const most = 60
	if len(name) > most {
		return strings.ToValidUTF8(name[:most], "") + "..."
	}
	return name
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// withoutSub returns the hint for a sub-technique that does not exist.
func withoutSub(id string) string {
	parent, _, ok := strings.Cut(id, ".")
	if t := Lookup(parent); ok && t != nil {
		return t.String() + " has no such sub-technique"
	}
	return ""
}

// meant returns the hint for a tactic that does not exist.
func meant(name string) string {
	names := make([]string, len(matrix))
	for i := range matrix {
		names[i] = matrix[i].ShortName
	}
	if near := sigma.Nearest(strings.Map(shortRune, name), names); near != "" {
		return "did you mean attack." + near + "?"
	}
	return "a tag is of a tactic or a technique, such as attack.command-and-control and attack.t1571"
}

func shortNames(ts []*Tactic) string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.ShortName
	}
	return strings.Join(names, ", ")
}
