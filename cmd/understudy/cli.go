package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

type cli struct {
	Serve   serveCommand   `cmd:"" help:"Run the sidecar: answer from the primary, mirror to the candidate, compare."`
	Engine  engineCommand  `cmd:"" help:"Run the exact engine as a service that speaks the scanner API."`
	Analyze analyzeCommand `cmd:"" help:"Analyze one network file."`
	Compare compareCommand `cmd:"" help:"Compare answers and say who is wrong: two given ones, networks asked of both sides, stored exchanges."`
	Shrink  shrinkCommand  `cmd:"" help:"Reduce a disagreement to the smallest network that still shows it, and write a bug report."`
	Demo    demoCommand    `cmd:"" help:"Send a whole scan through a sidecar in front of the real Rust scanner and show the comparison."`
	Version versionCommand `cmd:"" help:"Print the version."`

	Exchanges exchangesCommand `cmd:"" help:"What was compared: list, show, close."`
	Defects   defectsCommand   `cmd:"" help:"The ledger of what the primary is proven wrong about: list, show, approve."`
	Flags     flagsCommand     `cmd:"" help:"Flag files: check."`
	Agreement agreementCommand `cmd:"" help:"How far the two sides agree, and what that is worth as evidence."`
	Ctl       ctlCommand       `cmd:"" help:"The rollout, through the operations API of serve: status, explain, promote, hold, abort, override, report, history."`
	Simulate  simulateCommand  `cmd:"" help:"Play the rollout of a described candidate in virtual time: how long it takes, what trips, how soon a fault is caught."`

	EngineWorker engineWorkerCommand `cmd:"" hidden:"" help:"A worker process; started by serve and engine only."`
}

// withEnvironment are the commands that run as services: each of their flags has
// an environment variable and may stand in the file of --config.
var withEnvironment = []string{"serve", "engine"}

const description = "Understudy shadows a network explorer's FBAS scanner, proves who is right when answers differ, and hands over traffic only when the evidence says so."

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, s streams) int {
	err := execute(ctx, args, s)
	if err != nil {
		fmt.Fprintf(s.err, "understudy: %v\n", err)
	}
	return exitCode(err)
}

func execute(ctx context.Context, args []string, s streams) error {
	var commands cli
	asked := false // for help
	parser, err := kong.New(&commands,
		kong.Name("understudy"),
		kong.Description(description+"\n\n"+exitHelp),
		kong.Writers(s.out, s.err),
		kong.Exit(func(int) { asked = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.PostBuild(nameVariables),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
	)
	if err != nil {
		return fmt.Errorf("build command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if asked {
		return nil
	}
	if err != nil {
		return badInput(fmt.Errorf("%w (see understudy --help)", err))
	}
	return parsed.Run()
}

// nameVariables gives the flags of services their environment variables:
// --ops-listen is UNDERSTUDY_OPS_LISTEN.
func nameVariables(k *kong.Kong) error {
	for _, name := range withEnvironment {
		for _, node := range k.Model.Children {
			if node.Name != name {
				continue
			}
			for _, flag := range node.Flags {
				variable := "UNDERSTUDY_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
				flag.Envs = append(flag.Envs, variable)
				flag.Tag.Envs = append(flag.Tag.Envs, variable)
			}
		}
	}
	return nil
}
