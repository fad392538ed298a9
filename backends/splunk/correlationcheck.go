package splunk

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// check refuses what the commands of a level cannot say, and warns of what
// they say otherwise.
func (c *correlator) check(l *level) {
	for _, p := range l.parts {
		switch {
		case p.level == nil:
		case c.Method == emit.Buckets:
			c.Fail(p.Pos, sigma.Unsupported, "the method sliding can", "%s cannot say a correlation of correlations by buckets, which have the fields of no event", c.Backend.Title)
		case l.Type.IsNumeric():
			c.Unsupported(p.Pos, "a "+l.Type.String()+" of what another correlation finds: of events at one time it keeps each value once", "refer to the rules themselves")
		default:
			c.check(p.level)
		}
	}
	c.checkPercentile(l)
	if l.Type.IsNumeric() {
		c.checkNumbers(l)
	}
	if l.Type == ir.TemporalOrdered && len(l.ruleParts()) > 1 && !l.twoRules() {
		c.Warn(l.Source.TypePos, sigma.MatchesLess, "", "of what happens at the same time, events that match several of the rules are taken one after the other: an order among them may be missed")
	}
	if c.Method == emit.Buckets && l.Type != ir.TemporalOrdered {
		c.WarnBuckets()
		if !l.Rising() {
			c.Warn(l.Source.Condition.Pos, sigma.MatchesMore, "", "the condition is asked of whole pieces of time: one that an event outside of the piece would break is found")
		}
	}
}

// maxPlaces is how many digits a percentile may have behind its point, so that
// ranks are computed in whole numbers below 2^53, and a number that sums are
// compared with.
const maxPlaces = 6

func (c *correlator) checkPercentile(l *level) {
	_, places, _ := strings.Cut(string(l.Percentile), ".")
	if len(places) > maxPlaces {
		c.Unsupported(l.Source.Condition.Percentile.Pos, "a percentile with more than six digits behind the point", "")
	}
}

// maxDigits is how many digits a number may have that Splunk computes with as
// a binary fraction.
const maxDigits = 15

// checkNumbers refuses numbers that a comparison would not tell apart. Sums are
// rounded to six digits behind the point: what adding binary fractions leaves
// behind them is no difference.
func (c *correlator) checkNumbers(l *level) {
	for _, b := range l.Bounds {
		whole, places, _ := strings.Cut(strings.TrimPrefix(string(b.Number), "-"), ".")
		sum := l.Type == ir.ValueSum || l.Type == ir.ValueAvg
		if len(whole)+len(places) > maxDigits || sum && len(places) > maxPlaces {
			c.Unsupported(b.Pos, "the comparison with a number of so many digits exactly", "")
		}
	}
}

// ruleParts returns the parts that are rules.
func (l *level) ruleParts() []*part {
	return slices.DeleteFunc(slices.Clone(l.parts), func(p *part) bool { return p.level != nil })
}
