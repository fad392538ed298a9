//go:build unix

package engines

import (
	"syscall"
	"testing"
	"time"
)

// TestServerHangs stops and kills the server between queries. What was loaded
// is there afterwards.
func TestServerHangs(t *testing.T) {
	e := Start(t, "opensearch").(*searcher)
	if err := e.Load(sampleTable, sample); err != nil {
		t.Fatal(err)
	}
	limit := e.node.limit
	for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL} {
		e.node.limit = 10 * time.Second // a machine at work on other tests needs seconds for an answer
		if err := e.node.child.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		answers, err := e.Run([]string{"Port:443", "Port:80"})
		if err != nil {
			t.Fatalf("%v: %v", signal, err)
		}
		e.node.limit = limit
		for i, want := range []string{"1", "2"} {
			if answers[i].String() != want {
				t.Errorf("%v: answer %d is %s, want %s", signal, i, answers[i], want)
			}
		}
	}
	if n := len(children(t)); n != 1 {
		t.Errorf("%d processes, want one server", n)
	}
}
