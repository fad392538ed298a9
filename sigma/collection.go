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
