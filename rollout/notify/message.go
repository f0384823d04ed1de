package notify

import (
	"bytes"
	"encoding/json"
	"time"
)

// Message is one thing that people want to know. It is sent as JSON, field by
// field; what is empty is left out.
type Message struct {
	// Text is one sentence for people. The name of the instance is put in front of it.
	Text         string    `json:"text"`
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"` // what happened: "promoted", "tripped", "inconclusive"
	Stage        string    `json:"stage,omitempty"`
	Condition    string    `json:"condition,omitempty"`
	ServePercent float64   `json:"serve_percent"` // share of scans the candidate answers now, 0 to 100
	Actor        string    `json:"actor,omitempty"`
	Reason       string    `json:"reason,omitempty"`
	Trigger      string    `json:"trigger,omitempty"`
	Exchanges    []string  `json:"exchanges,omitempty"` // the ids behind it
	Instance     string    `json:"instance,omitempty"`  // empty: Config.Instance
}

// body is the message as it is sent.
func (m Message) body(instance string) ([]byte, error) {
	if m.Instance == "" {
		m.Instance = instance
	}
	if m.Instance != "" {
		m.Text = m.Instance + ": " + m.Text // Slack shows nothing but the text
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // "E < 0.05" is read by people in raw logs too
	if err := encoder.Encode(m); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
