package twin_test

import (
	"fmt"

	"understudy/engine/bitset"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// Three organizations of two validators each; one of them is content with one.
func Example() {
	org := func(threshold int) flat.Item {
		return flat.Item{Threshold: threshold, Size: 2, Parts: []flat.Part{{Size: 2}}}
	}
	form := &flat.Form{
		Items: []flat.Item{org(2), org(1), org(2)},
		Sets:  []flat.Set{{Threshold: 2, Items: bitset.Upto(3)}},
	}
	twins := twin.Of(form)
	for i := range form.Items {
		fmt.Println(i, "first:", twins.First(i), "later:", twins.Later(i).Len())
	}
	// Output:
	// 0 first: true later: 1
	// 1 first: true later: 0
	// 2 first: false later: 0
}
