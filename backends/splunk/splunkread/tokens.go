package splunkread

import "github.com/alecthomas/participle/v2/lexer"

// The classes of tokens of both grammars. A term of the search clause, such
// as f="v" or f IN (a, b), is one token.
const (
	tokTerm lexer.TokenType = iota + 1
	tokAnd
	tokOr
	tokXor
	tokNot
	tokIn
	tokOpen
	tokClose
	tokComma
	tokCompare
	tokAdd // + - .
	tokMultiply
	tokBang
	tokFunction
	tokField
	tokString
	tokNumber
)

// symbols names the classes that the grammars refer to.
var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "Term": tokTerm, "And": tokAnd, "Or": tokOr, "Xor": tokXor, "Not": tokNot, "In": tokIn, "Open": tokOpen,
	"Close": tokClose, "Comma": tokComma, "Compare": tokCompare, "Add": tokAdd, "Multiply": tokMultiply, "Bang": tokBang,
	"Function": tokFunction, "Field": tokField, "String": tokString, "Number": tokNumber,
}

// tokenOfWord returns the class of a word that is an operator, or 0.
func tokenOfWord(word string) lexer.TokenType {
	switch word {
	case "AND":
		return tokAnd
	case "OR":
		return tokOr
	case "NOT":
		return tokNot
	case "XOR":
		return tokXor
	case "IN":
		return tokIn
	}
	return 0
}

// A nesting bounds how deep parentheses and negations stand inside each
// other, before a parser follows them.
type nesting struct {
	depth int
	outer []int // the depth outside of each open parenthesis
}

// see counts a token.
func (n *nesting) see(tok lexer.Token) error {
	switch tok.Type {
	case tokNot, tokBang:
		n.depth++
	case tokOpen:
		n.outer = append(n.outer, n.depth)
		n.depth++
	case tokClose:
		if last := len(n.outer) - 1; last >= 0 {
			n.depth, n.outer = n.outer[last], n.outer[:last]
		}
	case tokAnd, tokOr, tokXor, tokTerm, tokComma:
		n.depth = 0
		if last := len(n.outer) - 1; last >= 0 {
			n.depth = n.outer[last] + 1
		}
	}
	if n.depth > maxDepth {
		return foreign(tok.Pos.Offset, "the query is nested deeper than %d levels", maxDepth)
	}
	return nil
}
