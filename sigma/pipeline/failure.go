package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A notice refuses the rule with a message, or warns.
type notice struct {
	message string // $logsource in it is what the rule says of its log source
	code    sigma.Code
	warning bool
	item    bool // for each item that the conditions select
}

func (t notice) apply(w *run) {
	say := w.fail
	if t.warning {
		say = w.warn
	}
	message := strings.ReplaceAll(t.message, "$logsource", w.logSource())
	if !t.item {
		say(w.rulePos(), t.code, "", "%s", message)
		return
	}
	for _, e := range w.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if it, ok := itemOf(e); ok && w.selects(it) {
				say(it.pos, t.code, "", "%s", message)
			}
			return true
		})
	}
}

// logSource names the rule's log source as messages do.
func (w *run) logSource() string {
	return LogSourceText(&w.rule.LogSource)
}

// LogSourceText names a log source as messages do: "product windows, category
// process_creation".
func LogSourceText(l *sigma.LogSource) string {
	var parts []string
	for _, p := range [...][2]string{{"product", l.Product}, {"category", l.Category}, {"service", l.Service}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	if parts == nil {
		return "no log source"
	}
	return strings.Join(parts, ", ")
}

func makeRuleFailure(p *params, _ *step) transformation {
	return notice{message: p.needText("message"), code: sigma.RuleRejected}
}

func makeItemFailure(p *params, _ *step) transformation {
	return notice{message: p.needText("message"), code: sigma.RuleRejected, item: true}
}

// warningCode reads the code of a warning, which says what is different about
// the query.
func warningCode(p *params) sigma.Code {
	return sigma.Code(p.choice("code", string(sigma.Assumed), string(sigma.MatchesLess), string(sigma.MatchesMore), string(sigma.NotEvaluated)))
}

func makeRuleWarning(p *params, _ *step) transformation {
	return notice{message: p.needText("message"), code: warningCode(p), warning: true}
}

func makeItemWarning(p *params, _ *step) transformation {
	return notice{message: p.needText("message"), code: warningCode(p), warning: true, item: true}
}

// strict refuses rules with fields that no mapping before it changed.
type strict struct{}

func (strict) apply(w *run) {
	for _, e := range w.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok && !w.marks[e].mapped {
				w.fail(m.Pos, sigma.RuleRejected, "", "the field %q is not mapped", m.Field)
			}
			return true
		})
	}
}

func makeStrictFailure(p *params, _ *step) transformation {
	p.tracks = true
	return strict{}
}
