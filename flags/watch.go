package flags

import (
	"log/slog"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// watch tells of changes in the directory that holds the flag file. It is a hint: whatever it
// misses, the poll finds. Without inotify (a limit is reached, say) it is silent.
type watch struct {
	dir     string
	log     *slog.Logger
	watcher *fsnotify.Watcher
	watched os.FileInfo // the directory the watch is on, nil when on none
	hint    chan struct{}
	done    chan struct{}
}

func openWatch(path string, log *slog.Logger) *watch {
	w := &watch{dir: filepath.Dir(path), log: log, hint: make(chan struct{}, 1), done: make(chan struct{})}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("flag file is polled only, its directory cannot be watched", "error", err)
		close(w.done)
		return w
	}
	w.watcher = watcher
	w.renew()
	go w.listen()
	return w
}

// changed receives after something changed in the directory.
func (w *watch) changed() <-chan struct{} { return w.hint }

// listen folds events and errors (an overflow means that events were lost) into one hint.
func (w *watch) listen() {
	defer close(w.done)
	for {
		select {
		case _, ok := <-w.watcher.Events:
			if !ok {
				return
			}
		case _, ok := <-w.watcher.Errors:
			if !ok {
				return
			}
		}
		select {
		case w.hint <- struct{}{}:
		default:
		}
	}
}

// renew watches the directory again when another one has taken its place, or when there was none.
func (w *watch) renew() {
	if w.watcher == nil {
		return
	}
	info, err := os.Stat(w.dir)
	if err != nil {
		w.watched = nil
		return
	}
	if w.watched != nil && os.SameFile(w.watched, info) {
		return
	}
	if w.watched != nil {
		_ = w.watcher.Remove(w.dir) // it may be gone with its directory
	}
	if err := w.watcher.Add(w.dir); err != nil {
		w.log.Warn("directory of the flag file cannot be watched, polling it", "directory", w.dir, "error", err)
		return
	}
	w.watched = info
}

func (w *watch) close() {
	if w.watcher != nil {
		_ = w.watcher.Close()
	}
	<-w.done
}
