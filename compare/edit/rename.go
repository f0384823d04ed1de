package edit

// Rename gives every key its new name, wherever it stands; a key without one
// keeps its own.
func (n *Network) Rename(names map[string]string) {
	for i := range n.Nodes {
		n.Nodes[i].Key = renamed(names, n.Nodes[i].Key)
	}
	n.Lists(func(s *Set) { renameAll(names, s.Validators) })
	for i := range n.Organizations {
		renameAll(names, n.Organizations[i].Validators)
	}
	renameAll(names, n.Faulty)
}

func renameAll(names map[string]string, keys []string) {
	for i, key := range keys {
		keys[i] = renamed(names, key)
	}
}

func renamed(names map[string]string, key string) string {
	if name, has := names[key]; has {
		return name
	}
	return key
}
