// Package external reads what placeholders of pipelines stand for from servers,
// from commands, and from JSON and YAML with jq expressions. Its functions are
// fields of Options of package pipeline:
//
//	o := pipeline.Options{Select: external.Select}
//	if trusted {
//		o.AnyFile, o.HTTP, o.Command = true, external.HTTP, external.Command
//	}
//
// It is a package of its own so that programs that do not want a client for
// HTTP, a shell or gojq do not have them. What a pipeline says of servers and
// commands is done as it is said: whoever sets HTTP or Command trusts the
// pipelines.
package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"
	"mime"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// HTTP asks a server and returns its answer as UTF-8. An answer that is no
// success is an error, as is one that is too long.
func HTTP(ctx context.Context, r pipeline.Request) ([]byte, error) {
	req, err := request(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode >= 400 {
		return nil, fmt.Errorf("the server answers %s", answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, r.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > r.MaxBytes {
		return nil, fmt.Errorf("the answer has more than %d bytes (max_body_size)", r.MaxBytes)
	}
	return decoded(data, answer.Header.Get("Content-Type"))
}

// request makes the request.
func request(ctx context.Context, r pipeline.Request) (*http.Request, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the URL must begin with http:// or https://, not %q", u.Scheme)
	}
	query := u.Query()
	for k, v := range r.Params {
		query.Set(k, v)
	}
	u.RawQuery = query.Encode()
	var body io.Reader
	kind := ""
	switch {
	case r.JSON != nil:
		body, kind = bytes.NewReader(r.JSON), "application/json"
	case r.Form != nil:
		form := url.Values{}
		for k, v := range r.Form {
			form.Set(k, v)
		}
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	return req, nil
}

// decoded returns an answer as UTF-8, which it is where it does not say
// otherwise.
func decoded(data []byte, contentType string) ([]byte, error) {
	_, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	if err != nil || charset == "" || strings.EqualFold(charset, "utf-8") {
		return bytes.ToValidUTF8(data, []byte("\uFFFD")), nil
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("the answer is in %q, which is not known", charset)
	}
	return enc.NewDecoder().Bytes(data)
}

// maxComplaint is how much of what a command complains about is kept.
const maxComplaint = 4 << 10

// Command runs a command and returns what it prints. One that does not end with
// exit code 0, prints too much, or takes too long is an error, and is ended
// with all that it started.
func Command(ctx context.Context, c pipeline.Command) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	args := c.Args
	if c.Shell != "" {
		args = []string{"/bin/sh", "-c", c.Shell}
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	group(cmd)
	out := &bounded{most: int(c.MaxBytes), over: cancel}
	complaint := &bounded{most: maxComplaint}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, complaint, time.Second
	err := cmd.Run()
	switch {
	case out.full:
		return nil, fmt.Errorf("it prints more than %d bytes (max_stdout)", c.MaxBytes)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("it does not end within %d s (timeout)", c.TimeoutSecond)
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(complaint.text))
	}
	return bytes.ToValidUTF8(out.text, []byte("\uFFFD")), nil
}

// A bounded keeps what is written to it, up to a number of bytes, and calls
// over where there is more.
type bounded struct {
	text []byte
	most int
	full bool
	over func()
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.most-len(b.text))
	b.text = append(b.text, p[:n]...)
	if n < len(p) && !b.full {
		b.full = true
		if b.over != nil {
			b.over()
		}
	}
	return len(p), nil
}
