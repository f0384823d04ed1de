package worker

import (
	"fmt"
	"syscall"
	"time"
)

// watch kills c when it holds more memory than it may, and returns when it is
// gone. It goes by real time, as what it looks at does. A process whose memory
// can't be read is left to its own guard.
func (p *Pool) watch(c *child) {
	ticker := time.NewTicker(memoryEvery)
	defer ticker.Stop()
	for {
		select {
		case <-c.ended:
			return
		case <-ticker.C:
		}
		if held, err := p.resident(c.pid()); err == nil && held > p.config.Memory {
			c.killAt(held)
		}
	}
}

// killAt kills the child for what it holds. One that is reaped has held nothing:
// what was read may have been another process.
func (c *child) killAt(held int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped {
		c.held = max(c.held, held)
		_ = syscall.Kill(-c.pid(), syscall.SIGKILL)
	}
}

// obituary says to the caller why there is no answer.
func (p *Pool) obituary(c *child) string {
	limit := p.config.Memory >> 20
	switch held := c.heldAtEnd(); {
	case held > 0:
		return fmt.Sprintf("engine worker killed: it holds %d MiB of memory, limit %d MiB", held>>20, limit)
	case c.cause() == ReasonMemory:
		return fmt.Sprintf("engine worker ended: it holds more memory than its limit of %d MiB", limit)
	}
	return "engine worker ended: " + c.state()
}
