package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A node is an OpenSearch server in a process of its own. All engines of a
// test that need one share it; the last one that closes ends it.
type node struct {
	mu      sync.Mutex // one request at a time: the server has no more cores than one uses
	users   int
	child   *child
	home    string
	url     string
	version string
	client  http.Client
	indices map[string]*index
	limit   time.Duration // for one query
}

// server holds the node of this process.
var server struct {
	mu   sync.Mutex
	node *node
}

// acquireNode returns the node, which it starts where there is none.
func acquireNode() (*node, error) {
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.node == nil {
		n := &node{indices: make(map[string]*index), limit: QueryLimit}
		n.client.Transport = &http.Transport{} // straight to this machine
		if err := n.start(); err != nil {
			return nil, err
		}
		server.node = n
	}
	server.node.users++
	return server.node, nil
}

// release ends the node where nobody uses it.
func (n *node) release() {
	server.mu.Lock()
	defer server.mu.Unlock()
	if n.users--; n.users > 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stop()
	server.node = nil
}

// start starts the process and makes the indices that there were.
func (n *node) start() error {
	home, err := os.MkdirTemp("", "sigmac-opensearch-")
	if err != nil {
		return err
	}
	n.home = home
	cmd := exec.Command("java", "-Xms512m", "-Xmx2g", "-Xss8m", "-XX:+ExitOnOutOfMemoryError", "-Dlog4j2.disable.jmx=true",
		"-cp", openSearch.path("classes")+string(os.PathListSeparator)+openSearch.path("lib", "*"), "Node", home)
	var hello struct{ Port int }
	if n.child, err = startChild(cmd, &hello); err != nil {
		n.stop()
		return err
	}
	n.url = fmt.Sprintf("http://127.0.0.1:%d", hello.Port)
	var about struct{ Version struct{ Number string } }
	if err := n.do(startLimit, http.MethodGet, "/", nil, &about); err != nil {
		n.stop()
		return err
	}
	n.version = about.Version.Number
	for _, i := range n.indices {
		if err := n.create(i); err != nil {
			n.stop()
			return err
		}
	}
	return nil
}

// stop ends the process and removes its data.
func (n *node) stop() {
	if n.child != nil {
		n.child.stop()
		n.child = nil
	}
	n.client.CloseIdleConnections()
	_ = os.RemoveAll(n.home)
}

// restart replaces the process, which hangs or has ended.
func (n *node) restart() error {
	if n.child != nil {
		_ = n.child.cmd.Process.Kill()
	}
	n.stop()
	return n.start()
}

// errStatus is an answer of the server that says no. Anything else that goes
// wrong says that the server hangs or has ended.
type errStatus struct{ text string }

func (e *errStatus) Error() string { return e.text }

// do sends a request and reads the JSON of its answer.
func (n *node) do(limit time.Duration, method, path string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, n.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := n.client.Do(request)
	if err != nil {
		return n.broken(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return n.broken(err)
	}
	if response.StatusCode >= 300 {
		var e struct{ Error searchError }
		if json.Unmarshal(text, &e) == nil && e.Error.reason() != "" {
			return &errStatus{e.Error.reason()}
		}
		return &errStatus{response.Status + ": " + strings.TrimSpace(string(text))}
	}
	return json.Unmarshal(text, answer)
}

// broken says why no answer came.
func (n *node) broken(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errTimeout
	}
	return fmt.Errorf("OpenSearch ended: %w%s", err, n.child.stderr.String())
}

// A searchError is an error as OpenSearch writes it.
type searchError struct {
	Reason    string       `json:"reason"`
	RootCause []cause      `json:"root_cause"`
	CausedBy  *searchError `json:"caused_by"`
}

type cause struct {
	Reason string `json:"reason"`
}

// reason returns the innermost reason, where it says more than the outer ones.
func (e *searchError) reason() string {
	reason := e.Reason
	if len(e.RootCause) > 0 && e.RootCause[0].Reason != "" {
		reason = e.RootCause[0].Reason
	}
	for c := e.CausedBy; c != nil; c = c.CausedBy {
		if c.Reason != "" && !strings.Contains(reason, c.Reason) {
			reason += ": " + c.Reason
		}
	}
	return reason
}
