package quality

import (
	"bytes"
	"encoding/json"
)

// history reports what is missing about archives. Only validators count, that
// is nodes that have a quorum set or are named in one: nobody needs the archive
// of a node that only watches.
func (f *finder) history() {
	var silent []string // says nothing about errors
	var homeless []string
	validators := 0
	for _, key := range f.system.Keys {
		if f.setless(key) && f.naming[key] == nil {
			continue
		}
		validators++
		attributes := f.network.Nodes[f.last[key]].Attributes
		hasError, says := attributes["historyArchiveHasError"]
		if !says {
			silent = append(silent, key)
		}
		if string(bytes.TrimSpace(hasError)) == "true" {
			f.add(StaleArchive, Warning, key, nil, "The history archive of %s has an error.", show(key))
		}
		var url string
		if json.Unmarshal(attributes["historyUrl"], &url) != nil || url == "" {
			homeless = append(homeless, key)
		}
	}
	switch len(silent) {
	case 0:
	case validators:
		f.add(NoHistoryData, Warning, "", nil, "None of the %d validators says whether its history archive has an error (historyArchiveHasError), so each counts as one that has.", validators)
	default:
		f.add(NoHistoryData, Warning, "", silent, "%d of %d validators do not say whether their history archive has an error (historyArchiveHasError) and count as ones that have: %s.", len(silent), validators, names(silent))
	}
	if len(homeless) == validators {
		return // the source of the network leaves archives out
	}
	for _, key := range homeless {
		f.add(AbsentArchive, Info, key, nil, "%s publishes no history archive (historyUrl), as %d of %d validators do.", show(key), validators-len(homeless), validators)
	}
}
