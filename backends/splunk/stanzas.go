package splunk

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

const (
	// idLine stands before each stanza.
	idLine = "# Sigma id "
	// ruleSuffix is what the names of Enterprise Security's searches end with.
	ruleSuffix = " - Rule"
	// maxName is how many characters such a name may have: "a search cannot be
	// edited ... if its name is longer" (contentctl, objects/constants.py,
	// ES_MAX_STANZA_LENGTH).
	maxName = 99
)

// joinStanzas makes one file of stanzas.
func joinStanzas(texts []string) string { return emit.JoinTexts(distinctStanzas(texts)) }

// distinctStanzas returns stanzas with different names. Two of the same name
// would be one search with the settings of the last: each of them gets the
// begin of its id behind its name. Names that differ in case only count as the
// same.
func distinctStanzas(texts []string) []string {
	count := make(map[string]int)
	for _, text := range texts {
		_, name, _ := parts(text)
		count[strings.ToLower(name)]++
	}
	named := make([]string, len(texts))
	for i, text := range texts {
		named[i] = text
		id, name, rest := parts(text)
		if count[strings.ToLower(name)] < 2 {
			continue
		}
		own := idName(name, id)
		for n := 2; count[strings.ToLower(own)] > 0; n++ {
			own = idName(name, id+"."+strconv.Itoa(n))
		}
		count[strings.ToLower(own)]++
		named[i] = idLine + id + "\n[" + own + "]\n" + rest
	}
	return named
}

// parts takes the text of an entry apart: the id, the name of the stanza, and
// the settings.
func parts(text string) (id, name, settings string) {
	first, rest, _ := strings.Cut(text, "\n")
	second, settings, _ := strings.Cut(rest, "\n")
	return strings.TrimPrefix(first, idLine), strings.TrimSuffix(strings.TrimPrefix(second, "["), "]"), settings
}

// idName puts the begin of an id behind a name, before the suffix and within
// the length that Enterprise Security wants.
func idName(name, id string) string {
	base, es := strings.CutSuffix(name, ruleSuffix)
	mark := " (" + id[:min(8, len(id))] + id[min(36, len(id)):] + ")"
	if !es {
		return base + mark
	}
	return strings.TrimSpace(cut(base, maxName-len(mark)-len(ruleSuffix))) + mark + ruleSuffix
}

// cut returns the first characters of a text.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
