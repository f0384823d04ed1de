package chaos

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// spareDescriptors are left to a process beside those that it has: fewer than eight
// clients need, of whom each takes one more for its question to the primary.
const spareDescriptors = 9

func descriptorFaults() []Fault {
	return inBoth(Fault{
		Name: "no file descriptors left", Why: "what can't be opened is answered with something else",
		Allow: Allowance{Refusal: true}, Reconnect: true,
		Start: func(ctx context.Context, t *Target) (func(), error) {
			var was unix.Rlimit
			if err := unix.Prlimit(t.PID, unix.RLIMIT_NOFILE, nil, &was); err != nil {
				return nil, fmt.Errorf("read limit of descriptors: %w", err)
			}
			few := was
			few.Cur = uint64(descriptors(t.PID) + spareDescriptors)
			if err := unix.Prlimit(t.PID, unix.RLIMIT_NOFILE, &few, nil); err != nil {
				return nil, fmt.Errorf("limit descriptors: %w", err)
			}
			stop := every(ctx, time.Millisecond, func() {
				if descriptors(t.PID) >= int(few.Cur) {
					t.Struck()
				}
			})
			return func() {
				stop()
				_ = unix.Prlimit(t.PID, unix.RLIMIT_NOFILE, &was, nil)
			}, nil
		},
	})
}

// descriptors is how many a process has open.
func descriptors(pid int) int {
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0
	}
	return len(list)
}
