package flags

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// flagFile tells when the flag file wants to be read, and reads it. flagd's own file source loses
// its watch when the file is deleted; this one watches the directory (so a symlink swap as kubelet
// does it is an event too) and has the file read every poll interval whatever the watch says.
type flagFile struct {
	path   string
	poll   time.Duration
	settle time.Duration
	log    *slog.Logger
}

// run sends on look when the file may have changed: at once (an edit between the first read and
// the watch), and then until ctx ends.
func (f *flagFile) run(ctx context.Context, look chan<- struct{}) {
	watch := openWatch(f.path, f.log)
	defer watch.close()
	poll := time.NewTicker(f.poll)
	defer poll.Stop()
	settled := time.After(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-watch.changed():
			if settled == nil { // not put off by further events: a busy directory must not starve us
				settled = time.After(f.settle)
			}
			continue
		case <-settled:
			settled = nil
		case <-poll.C:
			watch.renew()
		}
		select {
		case look <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// readFile reads a regular file of bounded size; opening anything else (a pipe) might block. Its
// errors leave out the path, which the caller adds.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("read: not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return data, nil
}

func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
