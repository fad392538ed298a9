package sigma

// A Condition is one condition expression (N1 to N8) with its tree.
type Condition struct {
	Pos         // of the first character of the expression
	Text string // as written, after YAML's own quoting is undone
	Expr CondExpr
}

// A CondExpr is a part of a condition: CondOr, CondAnd, *CondNot, *CondSearch
// or *CondOf.
type CondExpr interface{ condExpr() }

// CondOr is two or more expressions joined by "or".
type CondOr []CondExpr

// CondAnd is two or more expressions joined by "and".
type CondAnd []CondExpr

// CondNot is "not" and the expression behind it.
type CondNot struct {
	Pos
	X CondExpr
}

// CondSearch names one search.
type CondSearch struct {
	Pos
	Name string
}

// CondOf is "1 of", "any of" or "all of" and what it is about.
type CondOf struct {
	Pos
	All        bool   // all of; otherwise 1 of or any of
	Pattern    string // a name with "*" for any run of characters; "" for them (N3, N4)
	PatternPos Pos
}

func (CondOr) condExpr()      {}
func (CondAnd) condExpr()     {}
func (*CondNot) condExpr()    {}
func (*CondSearch) condExpr() {}
func (*CondOf) condExpr()     {}
