package flags

import (
	"crypto/tls"
	"net"
	"sync"
	"testing"

	"buf.build/gen/go/open-feature/flagd/grpc/go/flagd/sync/v1/syncv1grpc"
	flagsync "buf.build/gen/go/open-feature/flagd/protocolbuffers/go/flagd/sync/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// flagServer is a server of flagd.sync.v1 that does to its clients what a test wants.
type flagServer struct {
	syncv1grpc.UnimplementedFlagSyncServiceServer
	t       *testing.T
	address string
	tls     *tls.Config
	server  *grpc.Server
	ended   chan struct{}

	mu        sync.Mutex // guards all below
	changed   chan struct{}
	payload   string
	silent    bool // streams say nothing
	flapping  bool // streams end after the first message
	streams   int
	selectors []string // that the last client asked for
}

// serveFlags starts a server; one without a payload is silent.
func serveFlags(t *testing.T, payload string) *flagServer {
	t.Helper()
	s := &flagServer{t: t, address: "127.0.0.1:0", payload: payload, changed: make(chan struct{})}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *flagServer) start() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String() // the same when it comes back
	var options []grpc.ServerOption
	if s.tls != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.tls)))
	}
	s.server = grpc.NewServer(options...)
	syncv1grpc.RegisterFlagSyncServiceServer(s.server, s)
	s.ended = make(chan struct{})
	go func(server *grpc.Server, ended chan struct{}) {
		defer close(ended)
		_ = server.Serve(listener)
	}(s.server, s.ended)
}

// stop breaks all streams off, as a server that is killed does. The port is free then.
func (s *flagServer) stop() {
	s.server.Stop()
	<-s.ended
}

func (s *flagServer) url() string { return "grpc://" + s.address }

// change alters the server under its lock, and wakes all streams.
func (s *flagServer) change(alter func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	alter()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *flagServer) push(payload string) { s.change(func() { s.payload = payload }) }

func (s *flagServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams
}

// SyncFlags sends all flags, and all again whenever they change.
func (s *flagServer) SyncFlags(_ *flagsync.SyncFlagsRequest, stream grpc.ServerStreamingServer[flagsync.SyncFlagsResponse]) error {
	headers, _ := metadata.FromIncomingContext(stream.Context())
	s.mu.Lock()
	s.streams++
	s.selectors = headers.Get("flagd-selector")
	s.mu.Unlock()
	for sent := ""; ; {
		s.mu.Lock()
		payload, silent, flapping, changed := s.payload, s.silent || s.payload == "", s.flapping, s.changed
		s.mu.Unlock()
		if !silent && payload != sent {
			if err := stream.Send(&flagsync.SyncFlagsResponse{FlagConfiguration: payload}); err != nil {
				return err
			}
			sent = payload
		}
		if flapping {
			return status.Error(codes.Unavailable, "flapping")
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return nil
		}
	}
}
