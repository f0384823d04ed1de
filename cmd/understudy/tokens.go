package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"understudy/console"
)

const (
	leastSecret = 16      // characters; openssl rand -hex 16 gives 32
	mostSecret  = 512     // characters
	mostTokens  = 1 << 20 // bytes of a file
)

// The variables that each give one token, for those who want no file.
var tokenVariables = []struct {
	variable string
	role     console.Role
}{
	{"UNDERSTUDY_OPERATOR_TOKEN", console.RoleOperator},
	{"UNDERSTUDY_VIEWER_TOKEN", console.RoleViewer},
}

// tokenName is what may stand in the audit as the name of a person.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// loadTokens are those of a file ("": none) and of the environment. No error
// shows what a line holds: words in the wrong order may be a secret.
func loadTokens(path string, getenv func(string) string) ([]console.Token, error) {
	var tokens []console.Token
	if path != "" {
		read, err := readTokenFile(path)
		if err != nil {
			return nil, badInput(fmt.Errorf("--tokens: %w", err))
		}
		tokens = read
	}
	for _, v := range tokenVariables {
		secret := getenv(v.variable)
		if secret == "" {
			continue
		}
		t := console.Token{Name: string(v.role), Role: v.role, Secret: secret}
		err := checkToken(t)
		if err == nil {
			err = unlike(t, tokens)
		}
		if err != nil {
			return nil, badInput(fmt.Errorf("%s: %w", v.variable, err))
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

func readTokenFile(path string) ([]console.Token, error) {
	data, err := readLimited(path, mostTokens, onlyOurs)
	if err != nil {
		return nil, err
	}
	tokens, err := parseTokens(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s: holds no token: want lines of ROLE NAME SECRET", path)
	}
	return tokens, nil
}

// tokenSource reads the tokens in force again.
type tokenSource struct {
	keys   *console.Keys
	getenv func(string) string
	needed bool // others than this machine reach the operations plane
}

// check reads file and environment. Nothing changes before apply is called. The
// last token can't go while others than this machine reach the plane.
func (t *tokenSource) check(path string) (apply func(), err error) {
	tokens, err := loadTokens(path, t.getenv)
	if err != nil {
		return nil, err
	}
	if t.needed && len(tokens) == 0 {
		return nil, errors.New("--tokens: no token is left, and others than this machine reach --ops-listen: want at least one")
	}
	return func() { t.keys.Replace(tokens) }, nil
}

// parseTokens reads lines of ROLE NAME SECRET; empty ones and those that begin
// with # say nothing.
func parseTokens(data []byte) ([]console.Token, error) {
	var tokens []console.Token
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, mostTokens+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 {
			return nil, fmt.Errorf("line %d: has %s: want ROLE NAME SECRET", n, count(len(words), "word"))
		}
		t := console.Token{Role: console.Role(words[0]), Name: words[1], Secret: words[2]}
		err := checkToken(t)
		if err == nil {
			err = unlike(t, tokens)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		tokens = append(tokens, t)
	}
	return tokens, lines.Err()
}

func checkToken(t console.Token) error {
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	switch {
	case t.Role != console.RoleViewer && t.Role != console.RoleOperator:
		return errors.New("the first word is no role: want viewer or operator")
	case !tokenName.MatchString(t.Name):
		return errors.New("the second word is no name: want 1 to 64 letters, digits and ._@-, a letter or digit first")
	case len(t.Secret) < leastSecret || len(t.Secret) > mostSecret:
		return fmt.Errorf("the secret has %s: want %d to %d", count(len(t.Secret), "character"), leastSecret, mostSecret)
	case strings.ContainsFunc(t.Secret, func(r rune) bool { return !visible(r) }):
		return errors.New("the secret holds more than visible ASCII characters: it could not be sent in a header")
	}
	return nil
}

// unlike says that nobody else has the name, or the secret: the audit must be
// able to tell who acted.
func unlike(t console.Token, others []console.Token) error {
	for _, other := range others {
		switch {
		case other.Name == t.Name:
			return fmt.Errorf("the name %s is there twice", t.Name)
		case other.Secret == t.Secret:
			return fmt.Errorf("%s and %s have the same secret", other.Name, t.Name)
		}
	}
	return nil
}
