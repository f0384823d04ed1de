package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a candidate can be made to do, as the lines of a faults file name it.
const (
	faultSlow       = "slow"       // answers later by a duration
	faultError      = "error"      // answers 500
	faultTimeout    = "timeout"    // never answers, or after a duration with 504
	faultGone       = "gone"       // refuses the connection
	faultWrong      = "wrong"      // answers with other numbers and a false example of the right shape
	faultUnservable = "unservable" // answers with a size that is not its example's, or with complete: false
)

var (
	faultKinds    = []string{faultSlow, faultError, faultTimeout, faultGone, faultWrong, faultUnservable}
	faultAnalyses = []string{
		"top-tier", "symmetric-top-tier", "blocking-sets", "splitting-sets", "quorums", "full", "network", "history-critical", "data-quality",
	}
)

const longestFault = time.Hour

// fault is one line of a faults file.
type fault struct {
	kind     string
	after    time.Duration // faultSlow, faultTimeout; 0: never
	share    float64       // of the calls it is about, 0 to 1
	analysis string        // "": all, and /health
}

// readFaults reads a faults file. Each line is empty, a comment after #, "seed N",
// or a fault:
//
//	slow 35s 0.2                  one call in five is answered 35 s later
//	error 0.1                     one in ten with status 500
//	timeout 1                     none at all; with a duration, with 504 after it
//	gone                          the connection is refused; the share is 1
//	wrong 1 analysis=quorums      every quorums answer is wrong
//	unservable 0.5
//
// Each line is drawn for by itself, so a call may be slow and wrong. Of those that
// keep a call from its answer the first one counts.
func readFaults(text string) (list []fault, seed uint64, err error) {
	seed = 1
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "seed":
			seed, err = readSeed(words[1:])
		default:
			var one fault
			one, err = readFault(words[0], words[1:])
			list = append(list, one)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return list, seed, nil
}

func readSeed(words []string) (uint64, error) {
	if len(words) != 1 {
		return 0, fmt.Errorf("seed with %d words behind it: want one, a whole number", len(words))
	}
	seed, err := strconv.ParseUint(words[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("seed %q: want a whole number, 0 to %d", words[0], uint64(1<<64-1))
	}
	return seed, nil
}

func readFault(kind string, words []string) (fault, error) {
	f := fault{kind: kind, share: 1}
	if !slices.Contains(faultKinds, kind) {
		return f, fmt.Errorf("%q: want seed or one of %s", kind, strings.Join(faultKinds, ", "))
	}
	given := map[string]bool{}
	for _, word := range words {
		what, err := f.take(word)
		if err != nil {
			return f, err
		}
		if given[what] {
			return f, fmt.Errorf("%q: %s is given twice", word, what)
		}
		given[what] = true
	}
	if kind == faultSlow && f.after == 0 {
		return f, fmt.Errorf("%q without a duration: want one such as 35s", kind)
	}
	return f, nil
}

// take reads one word behind the kind, and says what it was.
func (f *fault) take(word string) (what string, err error) {
	if name, found := strings.CutPrefix(word, "analysis="); found {
		if f.analysis = name; !slices.Contains(faultAnalyses, name) {
			return "", fmt.Errorf("%q: want analysis= and one of %s", word, strings.Join(faultAnalyses, ", "))
		}
		return "the analysis", nil
	}
	if share, err := strconv.ParseFloat(word, 64); err == nil {
		if f.share = share; !(share >= 0 && share <= 1) { // also NaN
			return "", fmt.Errorf("%q: want a share from 0 to 1", word)
		}
		return "the share", nil
	}
	if f.kind != faultSlow && f.kind != faultTimeout {
		return "", fmt.Errorf("%q: want a share from 0 to 1, or analysis=NAME", word)
	}
	if f.after, err = time.ParseDuration(word); err != nil || f.after <= 0 || f.after > longestFault {
		return "", fmt.Errorf("%q: want a duration above 0s, to %s, a share from 0 to 1, or analysis=NAME", word, longestFault)
	}
	return "the duration", nil
}

// struck draws for each fault that is about the analysis.
func struck(list []fault, analysis string, dice *rand.Rand) (of []fault) {
	for _, f := range list {
		if (f.analysis == "" || f.analysis == analysis) && dice.Float64() < f.share {
			of = append(of, f)
		}
	}
	return of
}
