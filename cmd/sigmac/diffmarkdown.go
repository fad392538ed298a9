package main

import (
	"fmt"
	"io"
	"strings"
)

// maxMarkdown is how much Markdown is written, in bytes. GitHub takes comments
// of 65,536 characters.
const maxMarkdown = 60_000

// markdownTitles are the headings of the kinds of changes.
var markdownTitles = [...]string{"Broken", "Removed", "Incomparable: matches other events than before", "Narrower: matches less", "Broader: matches more", "Changed in meaning",
	"No difference found, not proven the same", "Affected by a rule that it refers to", "Added", "Only other words", "Moved"}

// writeChangesMarkdown writes a comment for a pull request. Texts of rules stand
// in code spans and code blocks only, where Markdown, HTML and names of people
// mean nothing.
func writeChangesMarkdown(w io.Writer, changes []*change, sum *changeTally) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Sigma: %s\n", sum)
	left := 0
	for kind := range unchanged {
		begun := false
		for _, c := range changes {
			if c.kind != kind {
				continue
			}
			text := c.markdown()
			if !begun {
				text = "\n**" + markdownTitles[kind] + "** (" + fmt.Sprint(sum.of[kind]) + ")\n\n" + text
			}
			if left > 0 || b.Len()+len(text) > maxMarkdown {
				left++
				continue
			}
			begun = true
			b.WriteString(text)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s. `sigmac diff` prints all.\n", count(left, "more is not shown here", "more are not shown here"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown returns the item of a change.
func (c *change) markdown() string {
	var b strings.Builder
	e := c.latest()
	fmt.Fprintf(&b, "- %s in %s\n", codeSpan(title(e)), codeSpan(fmt.Sprintf("%s:%d", e.path, e.line())))
	if c.result != nil && c.kind.meant() && c.kind != ruleIncomparable && c.kind != ruleChanged {
		fmt.Fprintf(&b, "  - %s\n", c.headline())
	}
	for _, d := range c.details() {
		fmt.Fprintf(&b, "  - %s\n", codeSpan(d))
	}
	for _, e := range c.errors() {
		fmt.Fprintf(&b, "  - %s\n", codeSpan(fmt.Sprintf("%s: %s", e.Pos, e.Text())))
	}
	for _, s := range c.events() {
		who := "new"
		if s.label == "only old" {
			who = "old"
		}
		fence := strings.Repeat("`", max(3, longestTicks(s.text)+1))
		fmt.Fprintf(&b, "\n  <details><summary>An event that only the %s rule matches</summary>\n\n  %sjson\n  %s\n  %s\n\n  </details>\n", who, fence, s.text, fence)
	}
	return b.String()
}

// codeSpan returns a text as code in a line of Markdown: fenced by more backticks
// than there are in a row in it.
func codeSpan(s string) string {
	s = line(s)
	if s == "" {
		s = "(nothing)"
	}
	fence := strings.Repeat("`", longestTicks(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// longestTicks returns how many backticks stand in a row at most.
func longestTicks(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
