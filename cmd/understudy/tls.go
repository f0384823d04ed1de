package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// tlsSettings are the certificates of the two ports. Each is on its own: a port
// without one speaks plain http.
type tlsSettings struct {
	TLSCert    string `name:"tls-cert" placeholder:"FILE" help:"Certificate of the data plane, PEM, its chain behind it; with it the port speaks https only."`
	TLSKey     string `name:"tls-key" placeholder:"FILE" help:"Key of that certificate; a file that others may not read."`
	OpsTLSCert string `name:"ops-tls-cert" placeholder:"FILE" help:"Certificate of the operations plane, as with --tls-cert."`
	OpsTLSKey  string `name:"ops-tls-key" placeholder:"FILE" help:"Key of that certificate."`
}

// What a certificate is measured by.
const (
	nearExpiry = 14 * 24 * time.Hour // from then on each reading warns
	mostPEM    = 1 << 20             // bytes of a file
)

// certificate is that of one port. It may be read again while the port is open:
// connections that come later get the new one.
type certificate struct {
	certFlag, keyFlag string
	now               func() time.Time
	log               *slog.Logger
	current           atomic.Pointer[tls.Certificate]
}

// openData is the certificate of the data plane; nil without one.
func (t tlsSettings) openData(log *slog.Logger) (*certificate, error) {
	return openCertificate(&certificate{certFlag: "--tls-cert", keyFlag: "--tls-key", now: time.Now, log: log}, t.TLSCert, t.TLSKey)
}

// openOps is the certificate of the operations plane; nil without one.
func (t tlsSettings) openOps(log *slog.Logger) (*certificate, error) {
	return openCertificate(&certificate{certFlag: "--ops-tls-cert", keyFlag: "--ops-tls-key", now: time.Now, log: log}, t.OpsTLSCert, t.OpsTLSKey)
}

func openCertificate(c *certificate, certFile, keyFile string) (*certificate, error) {
	if certFile == "" && keyFile == "" {
		return nil, nil
	}
	apply, err := c.check(certFile, keyFile)
	if err != nil {
		return nil, badInput(err)
	}
	apply()
	return c, nil
}

// check reads the files again. Nothing changes before apply is called. A port
// can't begin or cease to speak TLS.
func (c *certificate) check(certFile, keyFile string) (apply func(), err error) {
	switch {
	case c == nil && certFile == "" && keyFile == "":
		return func() {}, nil
	case c == nil:
		return nil, errors.New("a port that speaks http can't begin to speak https: start again")
	case certFile == "":
		return nil, fmt.Errorf("%s is missing: want the certificate to %s %s", c.certFlag, c.keyFlag, keyFile)
	case keyFile == "":
		return nil, fmt.Errorf("%s is missing: want the key to %s %s", c.keyFlag, c.certFlag, certFile)
	}
	cert, err := readLimited(certFile, mostPEM, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.certFlag, err)
	}
	key, err := readLimited(keyFile, mostPEM, onlyOurs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.keyFlag, err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s %s with %s %s: %w", c.certFlag, certFile, c.keyFlag, keyFile, err)
	}
	now, from, until := c.now(), pair.Leaf.NotBefore, pair.Leaf.NotAfter
	if now.Before(from) || now.After(until) {
		return nil, fmt.Errorf("%s %s: holds from %s to %s, and now it is %s: want one that holds",
			c.certFlag, certFile, from.Format(time.RFC3339), until.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return func() {
		if left := until.Sub(now); left < nearExpiry {
			c.log.Warn("a certificate expires soon", "flag", c.certFlag, "file", certFile, "until", until, "left", left.Round(time.Minute))
		}
		c.current.Store(&pair)
	}, nil
}

// over makes a listener speak TLS; without a certificate it stays as it is. Both
// planes keep to HTTP/1.1: the data plane's answers are passed on as they came,
// and a bound on connections bounds requests.
func (c *certificate) over(listener net.Listener) net.Listener {
	if c == nil {
		return listener
	}
	return tls.NewListener(listener, &tls.Config{
		MinVersion: tls.VersionTLS13, // every client since 2018 has it, and there is no cipher to choose
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	})
}

// scheme is how a client begins the URL of the port.
func (c *certificate) scheme() string {
	if c == nil {
		return "http"
	}
	return "https"
}

// readLimited reads a file of at most so many bytes, if its kind and mode please.
// Its mode is that of what is read, whatever takes the name meanwhile.
func readLimited(path string, most int64, pleases func(fs.FileInfo) error) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if pleases != nil {
		info, err := file.Stat()
		if err == nil {
			err = pleases(info)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s: is larger than %d bytes", path, most)
	}
	return data, nil
}

// onlyOurs refuses a file of secrets that any user of the machine may read, or
// that others than its owner may write. Its group may read it: so secrets are
// mounted for a service that is not root. What is no file, such as a pipe, is nobody else's.
func onlyOurs(info fs.FileInfo) error {
	if mode := info.Mode(); mode.IsRegular() && mode.Perm()&0o027 != 0 {
		return fmt.Errorf("others may read or change it (mode %04o): want it for its owner, and at most readable for its group (chmod 640, or 600)", mode.Perm())
	}
	return nil
}
