package rollout

import "fmt"

// released compares the versions in force with those that the evidence is about.
func (m *move) released(e Released) {
	position := m.state.Position
	known, changed := position.Versions.merge(e.Versions)
	switch {
	case known == position.Versions:
		return
	case changed == "":
		m.change(Change{Kind: ChangeVersion, Actor: ActorController, Reason: "a version is known now"}, func(to *Position) {
			to.Versions = known
		})
		return
	}
	stage := position.Stage
	if !position.Fixed {
		stage = min(stage, Shadow)
	}
	before := m.before()
	reason := changed + ": the evidence was about another one"
	m.enter(Change{Kind: ChangeVersion, Actor: ActorController, Reason: reason}, stage, func(to *Position) {
		to.Versions, to.EvidenceSince, to.Before = known, m.now, before
		to.trimOverride()
	})
	m.state.Progress.Evidence = Evidences{}
	m.state.Progress.Counted = m.now // what ran until now was another version's
}

// before is what a carry-over may give back: the stage that was earned last. A
// version that has not come as far as the one before it does not take its place.
func (m *move) before() *Before {
	position := m.state.Position
	if b := position.Before; b != nil && position.Stage < b.Stage {
		return b
	}
	return &Before{Stage: position.Stage, Versions: position.Versions, Evidence: m.state.Progress.Evidence}
}

// merge takes over what is known, and names the first version that is another
// one than before.
func (v Versions) merge(now Versions) (merged Versions, changed string) {
	merged = v
	for _, field := range []struct {
		name string
		was  *string
		is   string
	}{
		{"candidate", &merged.Candidate, now.Candidate},
		{"primary", &merged.Primary, now.Primary},
		{"comparer", &merged.Comparer, now.Comparer},
		{"policy", &merged.Policy, now.Policy},
	} {
		if field.is == "" || field.is == *field.was {
			continue
		}
		if *field.was != "" && changed == "" {
			changed = fmt.Sprintf("the %s is %s now and was %s", field.name, field.is, *field.was)
		}
		*field.was = field.is
	}
	return merged, changed
}
