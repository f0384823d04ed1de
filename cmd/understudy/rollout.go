package main

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/rollout/notify"
)

// startRollout starts what decides how far the candidate may go: the breaker,
// the notices, and the controller over both. It does not ask the candidate; the
// proxy does that.
func (s *sidecar) startRollout(ctx context.Context, c *serveCommand) error {
	policy, err := c.Policy.read()
	if err != nil {
		return badInput(err)
	}
	s.policy = policy
	notifier, err := s.startNotices(c)
	if err != nil {
		return err
	}
	known, err := s.knowVersions(c)
	if err != nil {
		return err
	}
	inbox, current := control.NewInbox(), &ceilings{flags: s.flags}
	s.breaker = breaker.New(breaker.Config{Policy: policy, Now: s.now, Hooks: inbox.Hooks()})
	s.ceilings = current
	s.controller, err = control.Start(ctx, control.Config{
		Policy: policy, Fixed: c.fixed(), Store: rolloutStore{s.store}, Measurer: measurer{s.store},
		Breaker: s.breaker, Inbox: inbox, Flags: current.now, Versions: known.at, CandidateWell: s.candidateWell, Now: s.now,
		Notify: notifier.Send, Registerer: s.registry, Logger: s.log,
	})
	if err != nil {
		return fmt.Errorf("start rollout: %w", err)
	}
	s.started("rollout", s.controller.Close)
	changes, end := s.flags.Subscribe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		current.follow(changes, s.controller.FlagsChanged)
	}()
	s.started("flag changes", func(context.Context) error {
		end()
		<-done
		return nil
	})
	s.controller.FlagsChanged() // one between the start and the subscription
	s.startVersions(known)
	return nil
}

// candidateWell reports whether the last thing heard of the candidate was good.
func (s *sidecar) candidateWell() bool {
	is := s.breaker.Snapshot()
	return is.FailedSelfTests == 0 && s.now().Sub(is.LastSuccess) < s.policy.Unavailable
}

func (s *sidecar) startNotices(c *serveCommand) (*notify.Notifier, error) {
	urls, err := c.webhooks()
	if err != nil {
		return nil, badInput(err)
	}
	name := c.Name
	if name == "" {
		name, _ = os.Hostname() // without a name the text says enough
	}
	notifier, err := notify.New(notify.Config{URLs: urls, Instance: name, Registerer: s.registry, Logger: s.log})
	if err != nil {
		return nil, fmt.Errorf("start notices: %w", err)
	}
	s.started("notices", notifier.Close)
	return notifier, nil
}

func (s *sidecar) knowVersions(c *serveCommand) (*versions, error) {
	primary, err := url.Parse(c.Primary)
	if err != nil {
		return nil, badInput(fmt.Errorf("--primary %q: %w", c.Primary, err))
	}
	var candidate *url.URL
	if c.Candidate != embedded {
		if candidate, err = c.candidate(); err != nil {
			return nil, badInput(err)
		}
	}
	return newVersions(primary, candidate, s.policy, s.log), nil
}
