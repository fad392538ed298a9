package sigma

// detection writes searches and conditions.
func (w *writer) detection(d *Detection) {
	seen := map[string]bool{"condition": true}
	for _, s := range d.Searches {
		if seen[s.Name] {
			w.fail(s.Pos, DuplicateKey, "there is a second search "+quoted(s.Name))
		}
		seen[s.Name] = true
		w.search(s)
	}
	w.text(indentStep, "timeframe", d.Timeframe)
	switch len(d.Conditions) {
	case 0:
		w.fail(d.Pos, MissingKey, "there is no condition")
	case 1:
		w.text(indentStep, "condition", d.Conditions[0].Text)
	default:
		list := make([]string, len(d.Conditions))
		for i, c := range d.Conditions {
			list[i] = c.Text
		}
		w.list(indentStep, "condition", list)
	}
}

// search writes one search.
func (w *writer) search(s *Search) {
	const inner = indentStep + indentStep
	w.key(indentStep, s.Name)
	switch n := s.Node.(type) {
	case AllOf:
		w.buf.WriteString("\n")
		w.items(n, inner, inner)
	case AnyOf:
		w.buf.WriteString("\n")
		for _, e := range n {
			switch e := e.(type) {
			case AllOf:
				w.items(e, inner+"- ", inner+"  ")
			case *Item:
				w.values(e, inner)
			default:
				w.fail(s.Pos, BadDetection, "the search "+quoted(s.Name)+" has a list in a list")
			}
		}
		w.notEmpty(len(n), s.Pos)
	case *Item:
		w.itemValues(n, inner)
	default:
		w.fail(s.Pos, BadDetection, "the search "+quoted(s.Name)+" is empty")
	}
}

// items writes a mapping; the first line has its own indentation.
func (w *writer) items(all AllOf, first, indent string) {
	seen := map[string]bool{}
	for i, n := range all {
		it, ok := n.(*Item)
		if !ok {
			w.fail(Pos{}, BadDetection, "a mapping can hold fields only")
			continue
		}
		lead := indent
		if i == 0 {
			lead = first
		}
		key := it.Key()
		if seen[key] {
			w.fail(it.Pos, DuplicateKey, "the key "+quoted(key)+" stands twice in one mapping")
		}
		seen[key] = true
		w.buf.WriteString(lead)
		w.keyInLine(indent, key)
		w.itemValues(it, indent+indentStep)
	}
	w.notEmpty(len(all), Pos{})
}

func (w *writer) notEmpty(n int, pos Pos) {
	if n == 0 {
		w.fail(pos, BadDetection, "a search has no values")
	}
}

// itemValues writes values behind a colon.
func (w *writer) itemValues(it *Item, indent string) {
	if it.List {
		w.buf.WriteString("\n")
		w.values(it, indent)
		return
	}
	if len(it.Values) != 1 {
		w.fail(it.Pos, BadDetection, "an item that is no list must have one value")
		return
	}
	w.buf.WriteString(" " + valueYAML(it.Values[0]) + "\n")
}

// values writes a list of values.
func (w *writer) values(it *Item, indent string) {
	for _, v := range it.Values {
		w.buf.WriteString(indent + "- " + valueYAML(v) + "\n")
	}
	w.notEmpty(len(it.Values), it.Pos)
}

// Key returns the key of the item as rules write it: Image|endswith.
func (it *Item) Key() string {
	key := it.Field
	for _, m := range it.Modifiers {
		key += "|" + m.Name
	}
	return key
}

// valueYAML returns the spelling of a value.
func valueYAML(v Value) string {
	switch v.Kind {
	case Int:
		return typedYAML(tagInt, v.Text)
	case Float:
		return typedYAML(tagFloat, v.Text)
	case Bool:
		return typedYAML(tagBool, v.Text)
	case Null:
		return "null"
	}
	return quoteValue(v.Text)
}

func (w *writer) correlation(c *Correlation) {
	w.head(&c.Meta)
	w.buf.WriteString("correlation:\n")
	w.text(indentStep, "type", c.Type)
	w.list(indentStep, "rules", refTexts(c.Rules))
	groups := make([]string, len(c.GroupBy))
	for i, g := range c.GroupBy {
		groups[i] = g.Text
	}
	w.list(indentStep, "group-by", groups)
	if t := c.Timespan.Text; len(t) > 1 && isNumber(t[:len(t)-1]) && isLetter(t[len(t)-1]) {
		w.buf.WriteString(indentStep + "timespan: " + t + "\n")
	} else {
		w.text(indentStep, "timespan", t)
	}
	w.aliases(c.Aliases)
	w.correlationCondition(&c.Condition)
	if c.Generate {
		w.buf.WriteString("generate: true\n")
	}
	w.tail(&c.Meta)
}

func (w *writer) aliases(aliases []Alias) {
	if len(aliases) == 0 {
		return
	}
	const inner = indentStep + indentStep
	w.key(indentStep, "aliases")
	w.buf.WriteString("\n")
	for _, a := range aliases {
		w.key(inner, a.Name)
		w.buf.WriteString("\n")
		for _, f := range a.Fields {
			w.text(inner+indentStep, f.Rule.Text, f.Field.Text)
		}
		w.notEmpty(len(a.Fields), a.Pos)
	}
}

func (w *writer) correlationCondition(c *CorrelationCondition) {
	const inner = indentStep + indentStep
	if c.Extended != nil {
		w.text(indentStep, "condition", c.Extended.Text)
		return
	}
	if len(c.Bounds) == 0 {
		return
	}
	w.key(indentStep, "condition")
	w.buf.WriteString("\n")
	switch len(c.Fields) {
	case 0:
	case 1:
		w.text(inner, "field", c.Fields[0].Text)
	default:
		fields := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			fields[i] = f.Text
		}
		w.list(inner, "field", fields)
	}
	if c.Percentile != nil {
		w.key(inner, "percentile")
		w.buf.WriteString(" " + valueYAML(*c.Percentile) + "\n")
	}
	for _, b := range c.Bounds {
		w.key(inner, b.Op)
		w.buf.WriteString(" " + valueYAML(b.Value) + "\n")
	}
}
