package sigma

// A Correlation is a correlation rule as written (C1 to C36).
type Correlation struct {
	Meta
	Type      string // event_count, value_count, temporal ...
	TypePos   Pos
	Rules     []Ref
	GroupBy   []Name
	Timespan  Timespan
	Aliases   []Alias
	Condition CorrelationCondition
	Generate  bool
}

func (*Correlation) document() {}

// A Ref refers to a rule by its id or name.
type Ref struct {
	Pos
	Text string
}

// A Name is a field name, or another name, with its place.
type Name struct {
	Pos
	Text string
}

// A Timespan is a length of time as correlations write it, such as 5m (C9,
// C10).
type Timespan struct {
	Pos
	Text  string
	Count int64 // how many units
	Unit  byte  // s, m, h, d, and as extensions w, M, y
}

// An Alias gives one name to fields that have different names in different
// rules (C24).
type Alias struct {
	Pos
	Name   string
	Fields []AliasField // in the order of the file
}

// An AliasField is the field that an alias stands for in one rule.
type AliasField struct {
	Rule  Ref
	Field Name
}

// A CorrelationCondition is the threshold of a correlation, or a boolean
// expression over rule names (C11, C12, C20).
type CorrelationCondition struct {
	Pos
	Bounds     []Bound    // all must hold
	Fields     []Name     // the field or fields of value_count and the like
	Percentile *Value     // of value_percentile, nil where absent
	Extended   *Condition // of temporal types, nil where absent
}

// A Bound is one comparison of a correlation condition, such as gte: 10.
type Bound struct {
	Pos
	Op    string // lt, lte, gt, gte, eq, neq
	Value Value  // Int or Float
}
