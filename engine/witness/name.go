package witness

import (
	"encoding/json"
	"strings"

	"understudy/engine/fbas"
)

// country is the name of the group of n by country; the empty one means none.
func country(n *fbas.Node) (name string, named bool) {
	if n.Country == nil || *n.Country == "" {
		return "", false
	}
	return clean(*n.Country), true
}

// isp is the name of the group of n by ISP; the empty one is a name like others.
func isp(n *fbas.Node) (name string, named bool) {
	if n.ISP == nil {
		return "", false
	}
	return clean(*n.ISP), true
}

// clean takes all commas and then one trailing dot from a name.
func clean(name string) string {
	return strings.TrimSuffix(strings.ReplaceAll(name, ",", ""), ".")
}

// fieldOf is the name of the group of n by a field as sent: a string as it is, a
// number or boolean as its JSON text. A field that is absent, null, empty, a
// list or an object names none: nodes of which nothing is known have that in
// common, which makes no group of them.
func fieldOf(n *fbas.Node, field string) (name string, named bool) {
	if field == "publicKey" {
		return n.PublicKey, true // the one field that is never among the attributes
	}
	raw := n.Attributes[field]
	if len(raw) == 0 || strings.IndexByte("n[{", raw[0]) >= 0 {
		return "", false
	}
	if raw[0] != '"' {
		return string(raw), true
	}
	err := json.Unmarshal(raw, &name)
	return name, err == nil && name != ""
}
