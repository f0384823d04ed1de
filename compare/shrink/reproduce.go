package shrink

import (
	"encoding/json"
	"fmt"
	"strings"

	"understudy/compare/edit"
)

// rustPackage is the Rust scanner as its users have it.
const rustPackage = "@stellarbeat/stellar_analysis_nodejs"

const rustVersion = "0.6.2"

// reproduce fills in the commands.
func (v *view) reproduce(r Report, n *edit.Network) {
	curl := func(port int) string {
		return fmt.Sprintf("curl -d @network.json http://127.0.0.1:%d/analyze/%s", port, r.Analysis)
	}
	v.Service = curl(8000)
	if v.Rust {
		v.Service = "(cd deploy/rust-scanner && npm ci && npm start) &\n" + v.Service
		v.Install = fmt.Sprintf("npm install %s@%s\nnode reproduce.cjs", rustPackage, rustVersion)
		v.Script = script(r.Analysis, n)
	}
	v.Engine = "understudy engine --listen 127.0.0.1:8081 &\n" + curl(8081) + "\n" +
		fmt.Sprintf("understudy compare network.json --analysis %s --primary http://127.0.0.1:8000", r.Analysis)
}

// mergeNumbers are what the package calls the ways to merge.
var mergeNumbers = map[string]int{"": 0, "none": 0, "organization": 1, "isp": 2, "country": 3}

// scripts are the calls that make an answer, each as a line of JavaScript. The
// package keeps a cache: quorums come first, as in the backend, since after
// blocking sets it would take the top tier from those.
var scripts = map[string]string{
	"top-tier":           "show(scanner.analyze_top_tier(nodes, organizations, mergeBy));",
	"symmetric-top-tier": "show(scanner.analyze_symmetric_top_tier(nodes, organizations, mergeBy));",
	"quorums":            "show(scanner.analyze_minimal_quorums(nodes, organizations, mergeBy));",
	"blocking-sets":      "show(scanner.analyze_minimal_blocking_sets(nodes, organizations, faulty, mergeBy));",
	"splitting-sets":     "show(scanner.analyze_minimal_splitting_sets(nodes, organizations, mergeBy));",
	"full": `show(scanner.analyze_minimal_quorums(nodes, organizations, mergeBy));
show(scanner.analyze_top_tier(nodes, organizations, mergeBy));
show(scanner.analyze_minimal_blocking_sets(nodes, organizations, '[]', mergeBy));
show(scanner.analyze_minimal_splitting_sets(nodes, organizations, mergeBy));`,
	"network": `show(scanner.analyze_minimal_quorums(nodes, organizations, 0));
show(scanner.analyze_symmetric_top_tier(nodes, organizations, 0));
for (const level of [0, 1, 3, 2]) { // nodes, organizations, countries, ISPs
  show(scanner.analyze_top_tier(nodes, organizations, level));
  show(scanner.analyze_minimal_blocking_sets(nodes, organizations, '[]', level));
  show(scanner.analyze_minimal_blocking_sets(nodes, organizations, faulty, level));
  show(scanner.analyze_minimal_splitting_sets(nodes, organizations, level));
}`,
}

// script calls the package from Node.
func script(analysis string, n *edit.Network) string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("const scanner = require('%s');", rustPackage)
	line("const request = %s;", strings.TrimSpace(string(n.Bytes())))
	if sentNull(n) {
		line("for (const node of request.nodes) if (node.quorumSet === null) delete node.quorumSet; // the package traps on null")
	}
	line("const nodes = JSON.stringify(request.nodes);")
	line("const organizations = JSON.stringify(request.organizations ?? []);")
	body := scripts[analysis]
	if strings.Contains(body, "faulty") {
		line("const faulty = JSON.stringify(request.faulty_nodes ?? []);")
	}
	if strings.Contains(body, "mergeBy") {
		line("const mergeBy = %d; // 0 none, 1 organizations, 2 ISPs, 3 countries", mergeNumbers[edit.Text(n.Fields, "merge_by")])
	}
	line("const show = (result) => console.log(JSON.stringify(result));")
	line("%s", body)
	return out.String()
}

func sentNull(n *edit.Network) bool {
	for i := range n.Nodes {
		if raw, sent := n.Nodes[i].Fields["quorumSet"]; sent && json.Valid(raw) {
			return true
		}
	}
	return false
}
