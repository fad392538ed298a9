package sigma

// A Collection is what a set of files holds, in the order of the files, and
// within a file in the order of its documents.
type Collection struct {
	Documents []Document
	Warnings  ErrorList // things to know that are no errors
}

// Rules returns the detection rules of the collection, in order.
func (c *Collection) Rules() []*Rule {
	var rules []*Rule
	for _, d := range c.Documents {
		if r, ok := d.(*Rule); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

// repeatedNames warns of names that several documents have (B5): a correlation
// or filter that refers to one could mean either.
func repeatedNames(docs []Document) (warnings ErrorList) {
	first := map[string]Pos{}
	for _, d := range docs {
		m := d.Metadata()
		if m.Name == "" {
			continue
		}
		at := m.At("name")
		if before, ok := first[m.Name]; ok {
			warnings = append(warnings, &Error{Pos: at, Code: Style, Msg: "another document has the name " + quoted(m.Name) + ", too", Hint: "it is in " + before.String()})
			continue
		}
		first[m.Name] = at
	}
	return warnings
}
