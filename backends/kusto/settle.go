package kusto

import "github.com/sigma-compiler/sigmac/sigma/ir"

const (
	asText = 1 << iota
	asNumber
	asBool
)

// typeOf says which type a test takes its column for: Kusto takes no text
// operator for a number and no number for a text ("The operator 'startswith'
// is not defined for the operand types int and string").
func typeOf(t ir.Test) uint8 {
	switch t.(type) {
	case *ir.Text, *ir.Regexp, *ir.CIDR, *ir.FieldRef, *ir.TimePart:
		return asText // columns are compared by =~, and dates are made of texts
	case *ir.Compare:
		return asNumber
	case *ir.Bool:
		return asBool
	}
	return 0
}
