package external_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/external"
)

// TestHTTP asks a server that says what it was asked.
func TestHTTP(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/latin":
			w.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
			w.Write([]byte{0xe9})
		case "/odd":
			w.Header().Set("Content-Type", "text/plain; charset=odd")
		case "/wrong":
			w.WriteHeader(http.StatusNotFound)
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		case "/slow":
			<-r.Context().Done()
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		default:
			fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL, r.Header.Get("Content-Type"), r.Header.Get("X"), body)
		}
	}))
	defer server.Close()
	for _, c := range []struct {
		r    pipeline.Request
		want string // "error " and a part of it
	}{
		{pipeline.Request{Method: "GET", URL: "/a?x=1", Params: map[string]string{"y": "2 3"}, Header: map[string]string{"X": "h"}}, "GET /a?x=1&y=2+3  h "},
		{pipeline.Request{Method: "POST", URL: "/", Form: map[string]string{"a": "b c"}}, "POST / application/x-www-form-urlencoded  a=b+c"},
		{pipeline.Request{Method: "PUT", URL: "/", JSON: []byte(`{"a": 1}`)}, `PUT / application/json  {"a": 1}`},
		{pipeline.Request{Method: "POST", URL: "/", JSON: []byte(`1`), Header: map[string]string{"Content-Type": "a/b"}}, `POST / a/b  1`},
		{pipeline.Request{URL: "/latin"}, "é"},
		{pipeline.Request{URL: "/odd"}, "error \"odd\""},
		{pipeline.Request{URL: "/wrong"}, "error 404"},
		{pipeline.Request{URL: "/endless"}, "error more than 1000 bytes (max_body_size)"},
		{pipeline.Request{URL: "/slow"}, "error deadline"},
		{pipeline.Request{URL: "/file"}, "error unsupported protocol scheme"},
		{pipeline.Request{URL: "file:///etc/passwd"}, "error must begin with http"},
		{pipeline.Request{URL: "%"}, "error"},
		{pipeline.Request{URL: "/", Method: "a b"}, "error method"},
	} {
		if strings.HasPrefix(c.r.URL, "/") {
			c.r.URL = server.URL + c.r.URL
		}
		c.r.MaxBytes = 1000
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		got, err := external.HTTP(ctx, c.r)
		cancel()
		check(t, c.r.URL, string(got), err, c.want)
	}
}

func check(t *testing.T, what, got string, err error, want string) {
	t.Helper()
	if part, failed := strings.CutPrefix(want, "error"); failed {
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(part)) {
			t.Errorf("%s: got %q, %v, want %s", what, got, err, want)
		}
	} else if err != nil || got != want {
		t.Errorf("%s: got %q, %v, want %q", what, got, err, want)
	}
}

// TestCommand runs commands.
func TestCommand(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	for _, c := range []struct {
		c    pipeline.Command
		want string
	}{
		{pipeline.Command{Shell: "echo a; echo b >&2 | cat"}, "a\n"},
		{pipeline.Command{Args: []string{"echo", "a b", "$HOME; ls"}}, "a b $HOME; ls\n"},
		{pipeline.Command{Shell: "echo no >&2; exit 3"}, "error exit status 3: no"},
		{pipeline.Command{Args: []string{"/no/such/program"}}, "error no such file"},
		{pipeline.Command{Shell: "cat /dev/zero"}, "error more than 1000 bytes (max_stdout)"},
		{pipeline.Command{Shell: "sleep 1000", TimeoutSecond: 1}, "error within 1 s (timeout)"},
	} {
		c.c.MaxBytes = 1000
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		got, err := external.Command(ctx, c.c)
		cancel()
		check(t, c.c.Shell, string(got), err, c.want)
	}
}

// TestCommandChildren ends what a command started, too.
func TestCommandChildren(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no process groups")
	}
	mark := filepath.Join(t.TempDir(), "mark")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second/2)
	defer cancel()
	_, err := external.Command(ctx, pipeline.Command{Shell: "(sleep 2; echo > " + mark + ") & sleep 1000", MaxBytes: 10})
	if err == nil {
		t.Fatal("it ended")
	}
	time.Sleep(2 * time.Second)
	if _, err := os.Stat(mark); err == nil {
		t.Error("a child went on")
	}
}

// TestSelect runs jq expressions.
func TestSelect(t *testing.T) {
	t.Setenv("SECRET", "x")
	for _, c := range []struct{ expression, want string }{
		{".items[]", "[1 a <nil>]"},
		{".items[0], .big", "[1 12345678901234567890]"},
		{".users[] | select(.admin) | .name", "[a]"},
		{"env.SECRET", "[<nil>]"},
		{"$ENV.SECRET", "[<nil>]"},
		{"input", "error"},
		{`import "a" as a; .`, "error"},
		{`include "a"; .`, "error"},
		{".[", "error unexpected"},
		{".items.x", "error fails"},
		{"range(1e9)", "error more than 100000 values"},
		{`"a" * 1e10`, "error too large"},
		{strings.Repeat(".", 5000), "error more than 4096 bytes"},
	} {
		got, err := selected(c.expression)
		check(t, c.expression, fmt.Sprint(got), err, c.want)
	}
}

func selected(expression string) ([]any, error) {
	pick, err := external.Select(expression)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(`{"items": [1, "a", null], "big": 12345678901234567890, "users": [{"name": "a", "admin": true}, {"name": "b"}]}`))
	dec.UseNumber()
	var data any
	if err := dec.Decode(&data); err != nil {
		return nil, err
	}
	return pick(data)
}
