package flags

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"buf.build/gen/go/open-feature/flagd/grpc/go/flagd/sync/v1/syncv1grpc"
	flagsync "buf.build/gen/go/open-feature/flagd/protocolbuffers/go/flagd/sync/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// The schemes of Config.Server, as flagd writes them.
const (
	schemePlain = "grpc"
	schemeTLS   = "grpcs"
)

const (
	// renewals is how often in each Config.Staleness the stream is opened anew.
	renewals = 4
	// maxMessageBytes leaves room for what a message holds beside the flags.
	maxMessageBytes = maxFileBytes + 64<<10
	// steady is how long a stream must have lived for its end to be no sign of trouble.
	steady = 10 * time.Second
	// backoffLeast and backoffMost bound the pause between two streams; it doubles.
	backoffLeast = 100 * time.Millisecond
	backoffMost  = 15 * time.Second
)

// Why a stream was ended from here.
var (
	errSilent  = errors.New("no answer in time")
	errRenewed = errors.New("renewed")
)

// server follows the flags of a flagd server over flagd.sync.v1. flagd's own client fails a start
// without the server, waits up to a minute between two attempts, and takes a server that hangs
// behind a live connection for one that has no news. This one opens a stream of a connection of its
// own four times in each staleness, and a stream begins with all flags: so the server must show
// each time that it is alive, and a push that got lost is made up for.
type server struct {
	address  string // as Config.Server, for people; it holds no secret
	target   string // as gRPC reads it
	selector string
	creds    credentials.TransportCredentials
	patience time.Duration
	renew    time.Duration
}

// report is what the server said, or why nothing can be heard from it.
type report struct {
	flags []byte
	err   error
}

// newServer wants a Config that is valid.
func newServer(c Config) (*server, error) {
	u, err := url.Parse(c.Server)
	if err != nil {
		return nil, fmt.Errorf("read address of flag server: %w", err)
	}
	creds := insecure.NewCredentials()
	if u.Scheme == schemeTLS {
		config := &tls.Config{MinVersion: tls.VersionTLS12}
		if c.ServerTLS != nil {
			config = c.ServerTLS.Clone()
		}
		creds = credentials.NewTLS(config)
	}
	return &server{
		address: u.Scheme + "://" + u.Host, target: "dns:///" + u.Host, selector: u.Query().Get("selector"),
		creds: creds, patience: c.Patience, renew: c.Staleness / renewals,
	}, nil
}

// run reports until ctx ends. One short loss of the stream goes unreported: servers restart.
func (s *server) run(ctx context.Context, reports chan<- report) {
	for attempt := 0; ; attempt++ {
		began := time.Now()
		heard, err := s.stream(ctx, reports)
		if err == nil {
			attempt = -1
			continue
		}
		if heard && time.Since(began) >= steady {
			attempt = 0
		}
		if !heard || attempt > 0 {
			err = fmt.Errorf("flag server %s: %w", s.address, err)
			select {
			case reports <- report{err: err}:
			case <-ctx.Done():
			}
		}
		select {
		case <-time.After(backoff(attempt)):
		case <-ctx.Done():
			return
		}
	}
}

// backoff is the pause before another attempt: doubled each time, and spread, so that many sidecars
// do not come back to a server in step.
func backoff(attempt int) time.Duration {
	pause := min(backoffLeast<<min(attempt, 10), backoffMost)
	return pause/2 + rand.N(pause/2)
}

// stream reports what one stream says. It ends without an error when it wants to be renewed.
func (s *server) stream(parent context.Context, reports chan<- report) (heard bool, err error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	limit := time.AfterFunc(s.patience, func() { cancel(errSilent) })
	defer func() { limit.Stop() }()

	connection, err := s.connect()
	if err != nil {
		return false, err
	}
	defer func() { _ = connection.Close() }() // it only says that it was closed before
	stream, err := syncv1grpc.NewFlagSyncServiceClient(connection).SyncFlags(s.withSelector(ctx), &flagsync.SyncFlagsRequest{ProviderId: "understudy"})
	for err == nil {
		var message *flagsync.SyncFlagsResponse
		if message, err = stream.Recv(); err != nil {
			break
		}
		if !heard {
			limit.Stop()
			limit = time.AfterFunc(s.renew, func() { cancel(errRenewed) })
		}
		heard = true
		select {
		case reports <- report{flags: []byte(message.GetFlagConfiguration())}:
		case <-parent.Done(): // not ctx: what was heard is told
		}
	}
	switch cause := context.Cause(ctx); {
	case cause == nil: // the server's doing
		return heard, readable(err)
	case heard && errors.Is(cause, errRenewed):
		return true, nil
	case errors.Is(cause, errSilent):
		return heard, fmt.Errorf("%w: waited %s", errSilent, s.patience)
	default:
		return heard, cause
	}
}

func (s *server) connect() (*grpc.ClientConn, error) {
	connection, err := grpc.NewClient(s.target,
		grpc.WithTransportCredentials(s.creds),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		grpc.WithDisableServiceConfig(), // no look-ups of settings in the DNS
		grpc.WithUserAgent("understudy"))
	if err != nil {
		return nil, fmt.Errorf("make client: %w", err)
	}
	return connection, nil
}

// withSelector names the flag set in a header; the field of the request is deprecated.
func (s *server) withSelector(ctx context.Context) context.Context {
	if s.selector == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "flagd-selector", s.selector)
}

// readable shortens an error of gRPC, whose text the server may have written.
func readable(err error) error {
	if s := status.Convert(err); s.Code() != codes.Unknown {
		return fmt.Errorf("%s: %s", s.Code(), short(strings.Join(strings.Fields(s.Message()), " "), 300))
	}
	return errors.New(short(strings.Join(strings.Fields(err.Error()), " "), 300)) // the end of the stream, mostly
}
