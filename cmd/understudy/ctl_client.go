package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"understudy/console"
)

// mostAnswer is the longest answer that is read, in bytes.
const mostAnswer = 64 << 20

// opsClient asks the operations API.
type opsClient struct {
	base  string
	token string
	http  *http.Client
}

func (f opsFlags) client() (*opsClient, error) {
	token, err := f.token()
	if err != nil {
		return nil, badInput(fmt.Errorf("--token-file: %w", err))
	}
	return &opsClient{
		base: strings.TrimRight(f.Ops, "/"), token: token,
		http: &http.Client{
			Timeout: f.Timeout,
			// A redirection would take the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// token is the secret to send, "" for none. No error shows it.
func (f opsFlags) token() (string, error) {
	if f.TokenFile == "" {
		return strings.TrimSpace(os.Getenv("UNDERSTUDY_TOKEN")), nil
	}
	data, err := os.ReadFile(f.TokenFile)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(data))
	switch {
	case secret == "":
		return "", fmt.Errorf("%s is empty: want the secret of a token", f.TokenFile)
	case strings.ContainsAny(secret, " \t\r\n"):
		return "", fmt.Errorf("%s holds more than one word: want the secret alone", f.TokenFile)
	}
	return secret, nil
}

// ask sends a request below the API's prefix and gives the body of a good answer.
func (c *opsClient) ask(ctx context.Context, method, path string, body any) ([]byte, error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+console.Prefix+path, sent)
	if err != nil {
		return nil, badInput(err)
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if len(answer) > mostAnswer {
		return nil, fmt.Errorf("%s: the answer is longer than %d bytes", c.base, mostAnswer)
	}
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusAccepted {
		return nil, c.refused(response.StatusCode, answer)
	}
	return answer, nil
}

func (c *opsClient) unreachable(err error) error {
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" {
		return fmt.Errorf("%w: does serve run there? --ops names its operations plane", err)
	}
	return err
}

// refused turns a problem into an error that says what to do about it.
func (c *opsClient) refused(status int, answer []byte) error {
	var p console.Problem
	if json.Unmarshal(answer, &p) != nil || p.Status != status {
		return fmt.Errorf("%s answers with status %d and is no operations plane of understudy: see --ops", c.base, status)
	}
	detail := errors.New(printable(p.Detail))
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return badInput(detail)
	case http.StatusUnauthorized:
		return fmt.Errorf("%w (--token-file FILE or UNDERSTUDY_TOKEN gives the secret)", detail)
	case http.StatusConflict:
		return fmt.Errorf("refused: %w", detail)
	}
	return detail
}

func (c *opsClient) read(answer []byte, into any) error {
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.base, err)
	}
	return nil
}

// get asks for something and reads it, or with --json prints it as it came.
func (f opsFlags) get(ctx context.Context, s streams, path string, into any, show func(*keeper)) error {
	client, err := f.client()
	if err != nil {
		return err
	}
	answer, err := client.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	out := &keeper{out: s.out}
	if f.JSON {
		fmt.Fprintf(out, "%s\n", answer)
		return out.failed()
	}
	if err := client.read(answer, into); err != nil {
		return err
	}
	show(out)
	return out.failed()
}
