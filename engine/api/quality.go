package api

import (
	"slices"

	"understudy/engine/quality"
)

// What an answer lists of findings and of changes at most; the counts beside them
// are always whole.
const (
	maxListed  = 10_000
	maxRelated = 100_000 // names in the Related of all that is listed
)

// dataQuality refuses organizations that can't be read: it looks at them.
func (a *asking) dataQuality() (DataQuality, error) {
	if err := a.network.OrganizationsError; err != nil {
		return DataQuality{}, err
	}
	return a.inspect(), nil
}

func (a *asking) inspect() DataQuality {
	findings := quality.Find(a.network)
	return DataQuality{
		Findings:        bounded(findings, func(f *quality.Finding) *[]string { return &f.Related }),
		Summary:         quality.Summarize(findings),
		ExecutionTimeMS: a.took(),
		Additions:       a.add(true, true, "rules", 0),
	}
}

// silentArchives are the findings about validators that do not say whether their
// history archive has an error.
func (a *asking) silentArchives() []quality.Finding {
	findings := slices.DeleteFunc(quality.Find(a.network), func(f quality.Finding) bool { return f.Code != quality.NoHistoryData })
	return bounded(findings, func(f *quality.Finding) *[]string { return &f.Related })
}

// clean says what was done to the network first.
func (r *Additions) clean(changes []quality.Change) {
	total := len(changes)
	r.Cleaning = bounded(changes, func(c *quality.Change) *[]string { return &c.Related })
	r.CleaningTotal = &total
}

// bounded is the beginning of a list, as long as an answer may hold.
func bounded[T any](items []T, related func(*T) *[]string) []T {
	items = append([]T{}, items[:min(len(items), maxListed)]...)
	room := maxRelated
	for i := range items {
		names := related(&items[i])
		*names = (*names)[:min(len(*names), room)]
		room -= len(*names)
	}
	return items
}
