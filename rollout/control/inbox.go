package control

import (
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// Inbox takes what a breaker has to say until a controller reads it. It exists
// apart from the controller because the breaker is made first.
type Inbox struct{ events chan rollout.Event }

// NewInbox makes an empty one. It holds a few events; one that finds no room is
// lost, and the controller sees at its next tick what the breaker has become.
func NewInbox() *Inbox { return &Inbox{events: make(chan rollout.Event, 16)} }

// Hooks are what the breaker is to be made with. They never block.
func (in *Inbox) Hooks() breaker.Hooks {
	return breaker.Hooks{
		Spoke:        func(e rollout.Spoke) { in.put(e) },
		ProbeFailed:  func(e rollout.ProbeFailed) { in.put(e) },
		ProbesPassed: func(e rollout.ProbesPassed) { in.put(e) },
	}
}

func (in *Inbox) put(e rollout.Event) {
	select {
	case in.events <- e:
	default:
	}
}
