package sigma

// A Filter is a filter document as written (G1 to G10).
type Filter struct {
	Meta
	LogSource LogSource
	Any       bool      // rules: any, every rule whose log source matches (G3)
	Rules     []Ref     // the rules it applies to, where Any is false
	Detection Detection // its own searches and condition
}

func (*Filter) document() {}
