// Package notify tells people what a rollout does, by webhooks. It imports
// nothing of ours: whoever has something to say fills a Message.
//
//	n, err := notify.New(notify.Config{URLs: urls, Instance: "explorer-1"})
//	...
//	n.Send(notify.Message{At: now, Kind: "tripped", Text: "the breaker tripped at canary_10: ..."})
//	...
//	n.Close(ctx) // what waits is delivered until ctx ends
//
// Each webhook has a queue and a goroutine of its own, so that a dead one holds
// up nobody: not the sender, and not the other webhooks. A full queue drops its
// oldest message and counts it, since the newest one says how things stand.
//
// A message is one POST of a JSON object. Its field `text` is one sentence, which
// is all that Slack and what is compatible with it look at; the other fields are
// for programs. A receiver that answers 2xx has it. 429, 5xx and network errors
// are tried again, with a pause that doubles (or the one that Retry-After asks
// for); any other answer would come again, so it is final. Redirects are not
// followed: the address is a secret, and where it leads is for its owner to say.
// A receiver may see a message twice, when its answer was lost.
//
// The path or query of a webhook usually is its password. Logs and errors name
// the host only.
//
// Reading order: message.go, notify.go, webhook.go, metrics.go.
package notify
