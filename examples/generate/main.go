// Command generate writes the example networks; run it from the root of the repository: go run ./examples/generate.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"understudy/examples"
)

func main() {
	folder := flag.String("folder", "examples", "folder to write the networks to")
	flag.Parse()
	for _, file := range examples.Files() {
		if err := os.WriteFile(filepath.Join(*folder, file.Name), file.Network.JSON(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}
