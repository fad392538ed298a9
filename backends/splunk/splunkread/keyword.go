package splunkread

import (
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The characters at which the index breaks the raw event into segments (SPEC,
// segmenters.conf, [default]), as members of a class of Go's syntax. White
// space is among them.
const (
	majorBreakers = `\[\]<>(){}|!;,'"*\n\r\t &?+`
	minorBreakers = `/:=@.\-$#%\\_`
)

// encodedBreakers are texts of several characters that break the raw event as
// well: "The %xx are for url-encoded characters that should be broken on".
const encodedBreakers = `%21|%26|%2526|%3[Bb]|%7[Cc]|%20|%2[Bb]|%3[Dd]|--|%2520|%5[Dd]|%5[Bb]|%3[Aa]|%0[Aa]|%2[Cc]|%28|%29`

// What stands before and behind a segment. A minor segment, of the default
// search, has breakers of either kind on both sides; the term of TERM() only
// major ones.
const (
	beforeSegment = `(?:\A|[` + majorBreakers + minorBreakers + `]|` + encodedBreakers + `)`
	behindSegment = `(?:\z|[` + majorBreakers + minorBreakers + `])` // the encoded ones begin with % or -
	beforeTerm    = `(?:\A|[` + majorBreakers + `]|` + encodedBreakers + `)`
	behindTerm    = `(?:\z|[` + majorBreakers + `]|` + encodedBreakers + `)`
)

var breaker = regexp.MustCompile(`[` + majorBreakers + minorBreakers + `]`)

// keyword returns the test of the raw event for a word or phrase: whole
// segments, in order, in either case, unless a star continues one (SM, "Event
// segmentation and searching").
func (rd *reader) keyword(v literal) (readback.Expr, error) {
	switch {
	case isStars(v.text):
		return readback.Const(readback.Yes), nil // "you are asking to match everything" (SM, "Wildcards")
	case v.text == "":
		return nil, foreign(v.off, "what an empty phrase finds is not documented")
	}
	p := starPattern(v.text)
	cased := v.directive == "CASE"
	if shape, _ := p.Shape(); shape == ir.Substring {
		return &readback.Leaf{Test: &ir.Text{Pattern: p, Cased: cased}}, nil
	}
	before, behind := beforeSegment, behindSegment
	if v.directive == "TERM" {
		before, behind = beforeTerm, behindTerm
	}
	var b strings.Builder
	b.WriteString("(?s)")
	if first := p[0]; first.Kind == ir.Literal && (v.directive == "TERM" || !breaker.MatchString(first.Text[:1])) {
		b.WriteString(before)
	}
	rd.writeStars(&b, trimStars(p))
	if last := p[len(p)-1]; last.Kind == ir.Literal && (v.directive == "TERM" || !breaker.MatchString(last.Text[len(last.Text)-1:])) {
		b.WriteString(behind)
	}
	t, err := readback.Regexp(b.String(), !cased)
	if err != nil {
		return nil, foreign(v.off, "the keyword is not read: %v", err)
	}
	return &readback.Leaf{Test: t}, nil
}

// trimStars takes the stars off the ends of a pattern.
func trimStars(p ir.Pattern) ir.Pattern {
	if p[0].Kind == ir.Star {
		p = p[1:]
	}
	if n := len(p); n > 0 && p[n-1].Kind == ir.Star {
		p = p[:n-1]
	}
	return p
}

// writeStars writes a pattern as an expression.
func (rd *reader) writeStars(b *strings.Builder, p ir.Pattern) {
	star := ".*"
	if rd.StarInWord {
		star = `[^` + majorBreakers + minorBreakers + `]*`
	}
	for i, e := range p {
		switch {
		case e.Kind == ir.Literal:
			b.WriteString(regexp.QuoteMeta(e.Text))
		case i == 0 || i == len(p)-1:
			b.WriteString(".*")
		default:
			b.WriteString(star)
		}
	}
}

// wordStars returns the test of a whole value whose inner stars stand for no
// punctuation, or nil.
func (rd *reader) wordStars(p ir.Pattern, cased bool) ir.Test {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	rd.writeStars(&b, p)
	b.WriteString(`\z`)
	t, err := readback.Regexp(b.String(), !cased)
	if err != nil {
		return nil
	}
	return t
}
