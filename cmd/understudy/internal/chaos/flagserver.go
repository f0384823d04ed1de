package chaos

import (
	"context"
	"fmt"
	"net"

	"buf.build/gen/go/open-feature/flagd/grpc/go/flagd/sync/v1/syncv1grpc"
	flagsync "buf.build/gen/go/open-feature/flagd/protocolbuffers/go/flagd/sync/v1"
	"google.golang.org/grpc"
)

// flagServer is a server of flagd.sync.v1 that says one thing and can go away.
type flagServer struct {
	syncv1grpc.UnimplementedFlagSyncServiceServer
	address string
	text    string
	server  *grpc.Server
	ended   chan struct{}
}

func serveFlags(ctx context.Context, text string) (*flagServer, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start flag server: %w", err)
	}
	s := &flagServer{address: listener.Addr().String(), text: text, server: grpc.NewServer(), ended: make(chan struct{})}
	syncv1grpc.RegisterFlagSyncServiceServer(s.server, s)
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(listener)
	}()
	return s, nil
}

// stop breaks all streams off, as a kill does; once more does nothing.
func (s *flagServer) stop() {
	s.server.Stop()
	<-s.ended
}

// SyncFlags sends all flags once and keeps the stream.
func (s *flagServer) SyncFlags(_ *flagsync.SyncFlagsRequest, stream grpc.ServerStreamingServer[flagsync.SyncFlagsResponse]) error {
	if err := stream.Send(&flagsync.SyncFlagsResponse{FlagConfiguration: s.text}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}
