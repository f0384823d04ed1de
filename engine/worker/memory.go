package worker

import (
	"fmt"
	"os"
	"runtime/metrics"
	"time"
)

// The one number of Config.Memory, and what is made of it:
//
//	3/4 limit        the collector works as hard as it must (GOMEMLIMIT)
//	limit            the end: the parent kills it by what the kernel counts
//	                 (supervise.go), the worker ends itself by what the runtime counts
//	2 limit + 1 GiB  the kernel maps no more (RLIMIT_DATA)
//
// The parent sees all memory of the process, also that of no Go heap, and sees
// it of a process that is stopped or does nothing but collect. The runtime knows
// of one big allocation before a page of it is touched. Both look only every
// 100 ms and need a processor for that, so neither is a bound; the kernel's is.
//
// RLIMIT_DATA counts private writable mappings, whether used or not: 140 MiB when
// a worker is up, and the heap comes in arenas of 64 MiB. Hence the gibibyte on
// top, and hence it is no more than the last net: what ends there ends as a crash
// of the runtime that names no limit. RLIMIT_AS is of no use: the runtime
// reserves address space far beyond what it uses, and the race detector
// terabytes. RLIMIT_RSS does nothing on Linux.

// outOfMemory is the exit status of a worker that used too much.
const outOfMemory = 3

// memoryEvery is the time between two looks at what a worker holds, from within
// and from without.
const memoryEvery = 100 * time.Millisecond

// collectAt is the heap that the collector keeps below, so that what is garbage
// is collected before it counts against the limit. The quarter above it is for
// what the collector does not govern: stacks, and pages not given back yet.
func collectAt(limit int64) int64 { return limit / 4 * 3 }

// mapAtMost is the hard bound on what a worker may map.
func mapAtMost(limit int64) int64 { return 2*limit + 1<<30 }

// watchMemory ends the process when the Go runtime holds more than limit
// bytes. GOMEMLIMIT alone stops nothing: a live heap above it grows on.
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
