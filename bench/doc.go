// Command bench times the engine against its peers and writes report.md with two plots. Run it with make bench-engine, which builds what it
// needs; README.md says what is measured, how to choose a part of it, and what the columns mean.
//
// Read config.go for flags and environment, main.go for the order of things, setup.go for which peers there are, run.go for measuring one row
// after another, write.go for results and report, machine.go for where it ran. The packages below hold the rest: rows (what is asked),
// peers (who is asked), report (what comes of it).
package main
