package flags_test

import (
	"context"
	"fmt"
	"log"

	"understudy/flags"
)

func Example() {
	f, err := flags.New(context.Background(), flags.Config{
		File:    "../examples/flags/understudy.flagd.json",
		Environ: []string{"UNDERSTUDY_FLAG_MIRROR_PERCENT=50"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()

	fmt.Println(f.State().Status)
	fmt.Printf("%+v\n", f.Current())
	v := f.Evaluate(context.Background(), flags.Context{ScanKey: "scan-1", Analysis: "splitting-sets"})
	fmt.Println("splitting sets: at most", v.ServeCeilingPercent, "% of scans")
	// Output:
	// fresh
	// {Mode:auto Enabled:true MirrorPercent:50 ServeCeilingPercent:100 RescueEnabled:false HistoryCriticalEnabled:false}
	// splitting sets: at most 10 % of scans
}
