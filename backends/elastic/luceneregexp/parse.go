package luceneregexp

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds how deep groups lie in groups.
const maxDepth = 200

// A parser reads an expression by recursive descent, each level as Lucene
// reads it: union, intersection, concatenation, repetition, complement, class,
// and what is simple. There is no production that fails on a character: the
// last one takes whatever stands there.
type parser struct {
	text    string
	fold    bool
	lowered bool // what is matched is the value in small letters
	off     int
	depth   int
}

func (p *parser) parse() (*node, error) {
	if p.text == "" {
		return empty, nil
	}
	n, err := p.union()
	if err == nil && p.off < len(p.text) {
		return nil, refuse(p.off, "the bracket ) closes nothing")
	}
	return n, err
}

// match takes a character if it comes next.
func (p *parser) match(c byte) bool {
	if p.off < len(p.text) && p.text[p.off] == c {
		p.off++
		return true
	}
	return false
}

// peek reports whether one of the characters comes next.
func (p *parser) peek(chars string) bool {
	return p.off < len(p.text) && strings.IndexByte(chars, p.text[p.off]) >= 0
}

// next takes a character.
func (p *parser) next() (rune, error) {
	if p.off == len(p.text) {
		return 0, refuse(p.off, "the expression ends where a character is due")
	}
	r, size := utf8.DecodeRuneInString(p.text[p.off:])
	p.off += size
	return r, nil
}

func (p *parser) union() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, foreign("more than " + strconv.Itoa(maxDepth) + " groups lie in one another")
	}
	defer func() { p.depth-- }()
	return p.list(opUnion, '|', p.intersection)
}

func (p *parser) intersection() (*node, error) { return p.list(opInter, '&', p.concatenation) }

// list reads parts with an operator between them.
func (p *parser) list(o op, sign byte, part func() (*node, error)) (*node, error) {
	var subs []*node
	for {
		n, err := part()
		if err != nil {
			return nil, err
		}
		subs = append(subs, n)
		if !p.match(sign) {
			return branch(o, subs), nil
		}
	}
}

func (p *parser) concatenation() (*node, error) {
	var subs []*node
	for {
		n, err := p.repetition()
		if err != nil {
			return nil, err
		}
		subs = append(subs, n)
		if p.off == len(p.text) || p.peek(")|&") {
			return concat(subs), nil
		}
	}
}

func (p *parser) repetition() (*node, error) {
	n, err := p.complement()
	if err != nil {
		return nil, err
	}
	// Operators follow one another without groups: a?*+ is ((a?)*)+.
	for depth := p.depth; p.peek("?*+{"); depth++ {
		if depth > maxDepth {
			return nil, foreign("more than " + strconv.Itoa(maxDepth) + " repetitions lie in one another")
		}
		most, least := unlimited, 0
		switch {
		case p.match('?'):
			most = 1
		case p.match('*'):
		case p.match('+'):
			least = 1
		default:
			p.off++
			if least, most, err = p.bounds(); err != nil {
				return nil, err
			}
		}
		n = &node{op: opRepeat, subs: []*node{n}, min: least, max: most}
	}
	return n, nil
}

// bounds reads what stands in the braces of a repetition: n, n, or n,m.
func (p *parser) bounds() (least, most int, err error) {
	start := p.off
	if least, err = p.number(); err != nil {
		return 0, 0, err
	}
	most = least
	if p.match(',') {
		most = unlimited
		if !p.peek("}") {
			if most, err = p.number(); err != nil {
				return 0, 0, err
			}
		}
	}
	if !p.match('}') {
		return 0, 0, refuse(p.off, "a bracket } is missing")
	}
	if most != unlimited && most < least {
		return 0, 0, refuse(start, "a repetition of %d to %d times", least, most)
	}
	return least, most, nil
}

func (p *parser) number() (int, error) {
	start := p.off
	for p.peek("0123456789") {
		p.off++
	}
	if start == p.off {
		return 0, refuse(start, "a number is due here")
	}
	n, err := strconv.ParseInt(p.text[start:p.off], 10, 32)
	if err != nil {
		return 0, refuse(start, "the number %s is too large", p.text[start:p.off])
	}
	return int(n), nil
}

func (p *parser) complement() (*node, error) {
	not := false
	for p.match('~') {
		not = !not
	}
	n, err := p.class()
	if err == nil && not {
		n = &node{op: opNot, subs: []*node{n}}
	}
	return n, err
}

func (p *parser) class() (*node, error) {
	if !p.match('[') {
		return p.simple()
	}
	negated := p.match('^')
	var ranges []rune
	for first := true; first || !p.peek("]"); first = false {
		if p.off == len(p.text) && !first {
			return nil, refuse(p.off, "a bracket ] is missing")
		}
		more, err := p.classPart()
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, more...)
	}
	p.off++
	n := class(ranges)
	if negated {
		n = class(outside(n.ranges))
	}
	return p.before(n), nil
}

// before returns the class of the characters of the value itself, where a
// class is one of the value in small letters.
func (p *parser) before(n *node) *node {
	if !p.lowered {
		return n
	}
	ranges := slices.Clone(n.ranges)
	caps := capitals()
	var small []rune
	for _, c := range caps {
		if n.has(unicode.ToLower(c)) {
			ranges = append(ranges, c, c)
		} else {
			small = append(small, c, c)
		}
	}
	if len(small) == 0 {
		return class(ranges)
	}
	// Without the capitals whose small letter the class has not.
	rest := class(append(outside(class(ranges).ranges), small...))
	return class(outside(rest.ranges))
}

// capitals returns the characters that have a small letter.
var capitals = sync.OnceValue(func() (out []rune) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.ToLower(r) != r {
			out = append(out, r)
		}
	}
	return out
})

// classPart reads a character, a range or a named class of a class. A range
// does not fold (Lucene's issue 14378).
func (p *parser) classPart() ([]rune, error) {
	named, err := p.named()
	if named != nil || err != nil {
		return named, err
	}
	lo, err := p.character()
	if err != nil {
		return nil, err
	}
	start := p.off
	if !p.match('-') {
		return char(lo, p.fold).ranges, nil
	}
	hi, err := p.character()
	if err != nil {
		return nil, err
	}
	if lo > hi {
		return nil, refuse(start, "the range %c-%c is empty; a dash that is meant literally needs a backslash", lo, hi)
	}
	return []rune{lo, hi}, nil
}

// namedClasses are what the letters d, s and w stand for behind a backslash.
var namedClasses = map[byte][]rune{
	'd': {'0', '9'},
	's': {'\t', '\n', '\r', '\r', ' ', ' '},
	'w': {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'},
}

// named reads an escape that stands for a class, a doubled backslash as the
// class of itself, or nothing. Where a backslash stands before something else
// it is taken all the same, so that character finds what it escapes.
func (p *parser) named() ([]rune, error) {
	if !p.match('\\') || p.off == len(p.text) {
		return nil, nil
	}
	c := p.text[p.off]
	if c == '\\' {
		p.off++
		return []rune{'\\', '\\'}, nil
	}
	letter := c | 0x20
	if letter < 'a' || letter > 'z' {
		return nil, nil
	}
	ranges, ok := namedClasses[letter]
	if !ok {
		return nil, refuse(p.off-1, `there is no escape \%c; those of letters are \d, \s, \w, \D, \S and \W`, c)
	}
	p.off++
	if c != letter {
		ranges = outside(ranges)
	}
	return ranges, nil
}

// character reads a character that a backslash may stand before.
func (p *parser) character() (rune, error) {
	p.match('\\')
	return p.next()
}

func (p *parser) simple() (*node, error) {
	switch {
	case p.match('.'):
		return anyChar, nil
	case p.match('#'):
		return nothing, nil
	case p.match('@'):
		return anyText, nil
	case p.match('"'):
		text, err := p.until('"')
		if text == "" && err == nil {
			return p.empty()
		}
		subs := make([]*node, 0, len(text))
		for _, r := range text {
			subs = append(subs, p.before(char(r, p.fold)))
		}
		return concat(subs), err
	case p.match('('):
		return p.group()
	case p.match('<'):
		start := p.off
		text, err := p.until('>')
		if err != nil {
			return nil, err
		}
		return interval(start, text)
	}
	named, err := p.named()
	if err != nil {
		return nil, err
	}
	if named != nil {
		return p.before(class(named)), nil
	}
	r, err := p.character()
	return p.before(char(r, p.fold)), err
}

func (p *parser) group() (*node, error) {
	if p.match(')') {
		return p.empty()
	}
	n, err := p.union()
	if err == nil && !p.match(')') {
		return nil, refuse(p.off, "a bracket ) is missing")
	}
	return n, err
}

// empty returns the empty string. Where case is ignored, Lucene (9.11 and 10.3
// at least) makes of it what matches nothing, unless it stands beside other
// text.
func (p *parser) empty() (*node, error) {
	if p.fold {
		return nil, foreign("what the empty string matches where case is ignored depends on the version of Lucene")
	}
	return empty, nil
}

// until takes the text before a sign, and the sign.
func (p *parser) until(sign byte) (string, error) {
	start := p.off
	n := strings.IndexByte(p.text[start:], sign)
	if n < 0 {
		return "", refuse(start-1, "a closing %c is missing; one that is meant literally needs a backslash", sign)
	}
	p.off += n + 1
	return p.text[start : start+n], nil
}
