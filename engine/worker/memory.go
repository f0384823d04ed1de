package worker

import (
	"fmt"
	"os"
	"runtime/metrics"
	"time"
)

// outOfMemory is the exit status of a worker that used too much.
const outOfMemory = 3

// watchMemory ends the process when the Go runtime holds more than limit
// bytes. GOMEMLIMIT alone stops nothing: a live heap above it grows on, and
// the kernel may then pick another process to kill than this one.
func watchMemory(limit int64, every time.Duration) {
	for range time.Tick(every) {
		if held := heldMemory(); held > limit {
			fmt.Fprintf(os.Stderr, "engine worker holds %d MiB of memory, above its limit of %d MiB\n", held>>20, limit>>20)
			os.Exit(outOfMemory)
		}
	}
}

// heldMemory is what the runtime has from the operating system, in bytes.
func heldMemory() int64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64()) - int64(samples[1].Value.Uint64())
}
