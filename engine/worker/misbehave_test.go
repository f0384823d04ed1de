package worker_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// misbehave adds what no engine does on purpose.
func misbehave(mux *http.ServeMux) {
	// raw answers with what the request says, and keeps the connection.
	mux.HandleFunc("/raw", func(w http.ResponseWriter, r *http.Request) {
		conn := takeOver(w)
		_, _ = io.WriteString(conn, r.URL.Query().Get("say"))
		_, _ = io.Copy(io.Discard, conn)
	})
	// flood answers with n MiB, after a head of the request's choice.
	mux.HandleFunc("/flood", func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscan(r.URL.Query().Get("n"), &n)
		conn := takeOver(w)
		_, _ = io.WriteString(conn, r.URL.Query().Get("head"))
		for block := []byte(strings.Repeat("x", 1<<20)); n > 0; n-- {
			if _, err := conn.Write(block); err != nil {
				break
			}
		}
		conn.Close()
	})
	// outside holds 100 MiB that the Go runtime knows nothing of.
	mux.HandleFunc("/outside", func(http.ResponseWriter, *http.Request) {
		block, err := syscall.Mmap(-1, 0, 100<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		select {}
	})
	// once allocates all in one piece.
	mux.HandleFunc("/atonce", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, len(make([]byte, 16<<30)))
	})
	// leave starts another process that keeps standard error open, says its number
	// in a file, and ends, answers, or goes on.
	mux.HandleFunc("/leave", func(w http.ResponseWriter, r *http.Request) {
		left := exec.Command("sleep", "3600")
		left.Stderr = os.Stderr
		if err := left.Start(); err != nil {
			panic(err)
		}
		path := r.URL.Query().Get("dir") + "/left"
		_ = os.WriteFile(path+".new", fmt.Append(nil, left.Process.Pid), 0o600)
		_ = os.Rename(path+".new", path)
		switch r.URL.Query().Get("then") {
		case "end":
			os.Exit(9)
		case "answer":
			fmt.Fprint(w, os.Getpid())
		default:
			select {}
		}
	})
}

func takeOver(w http.ResponseWriter) net.Conn {
	var buffered *bufio.ReadWriter
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil || buffered.Reader.Buffered() > 0 {
		panic(fmt.Sprint("take over the connection: ", err))
	}
	return conn
}
