package pipeline_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestZeekFacts checks each cell of the table of Zeek's fields (Q31): a name
// below zeek is a field of the log whose column it is in, or, in the column of
// names with the log before them, of the log that the name begins with.
func TestZeekFacts(t *testing.T) {
	s, err := schema.Builtin("ecs_logs")
	if err != nil {
		t.Fatal(err)
	}
	logs := map[string]string{"conn": "connection", "tls": "ssl", "smb": "smb_files"} // where Elastic calls it otherwise
	cells := 0
	eachFact(t, "zeek", func(field, log, name string) {
		if strings.HasPrefix(log, "cim_") {
			return // TestCIMFacts
		}
		cells++
		table := "zeek"
		if strings.HasPrefix(log, "corelight_") {
			table = "corelight"
		}
		tab, _ := s.Table(table)
		if _, ok := tab.Column(name); !ok {
			t.Errorf("%s of %s: the table %s has no column %q", field, log, table, name)
		}
		rest, ok := strings.CutPrefix(name, "zeek.")
		if !ok || name == "zeek.session_id" {
			return
		}
		if log == "any" {
			log = longest(field, "ftp", "irc", "smtp", "kerberos", "mysql", "ssl", "tls", "smb_files", "smb_mapping", "smb", "sip", "ntp", "socks", "snmp", "ssh", "weird", "tunnel")
		}
		if other := logs[log]; other != "" {
			log = other
		}
		if !strings.HasPrefix(rest, log+".") {
			t.Errorf("%s of %s is %s, which is of another log", field, log, name)
		}
	})
	if cells < 400 {
		t.Errorf("only %d cells", cells)
	}
}

// longest returns the longest of the prefixes that the name begins with,
// followed by an underscore.
func longest(name string, prefixes ...string) (found string) {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p+"_") && len(p) > len(found) {
			found = p
		}
	}
	return found
}
