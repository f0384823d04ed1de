# What a person types. CI runs the same targets (.ci/run), so there is one way to test.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GOLANGCI_LINT_VERSION := v2.15.0
GOFUMPT_VERSION := v0.12.0

# The version stands in the file's name: a new pin is a new file, so make builds it.
GOLANGCI_LINT := bin/golangci-lint-$(GOLANGCI_LINT_VERSION)
GOFUMPT := bin/gofumpt-$(GOFUMPT_VERSION)

SCANNER := deploy/rust-scanner
FUZZTIME ?= 10s
NETWORKS ?= $(or $(UNDERSTUDY_ORACLE_NETWORKS),200000)
DURATION ?= 1h
CHAOS ?= 10s
SEED ?= 1
RUNS ?= 1000
ARGS ?=

# Networks that are public data of others are not part of the repository. Tests run in their package's folder, so they get an absolute path.
SHARED := $(wildcard $(CURDIR)/../shared/data)
ifneq ($(SHARED),)
export UNDERSTUDY_SHARED_DATA ?= $(abspath $(SHARED))
endif

.PHONY: help build demo test test-go test-scanner oracle workload chaos simulate check format lint vet tidy paths bench bench-engine fuzz tools clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/understudy
	CGO_ENABLED=0 go build -trimpath -o bin/understudy ./cmd/understudy

demo: build $(SCANNER)/node_modules/.package-lock.json ## a scan through the sidecar, compared with the real Rust scanner; ARGS="--client adapter" and so on
	@bin/understudy demo --scanner-dir $(SCANNER) $(ARGS)

test: test-go test-scanner ## all tests

test-go: $(SCANNER)/node_modules/.package-lock.json ## the Go tests, with the race detector
	go test -race -timeout 15m ./...

test-scanner: $(SCANNER)/node_modules/.package-lock.json ## the tests of the Rust scanner's service
	cd $(SCANNER) && npm test --silent

oracle: ## the engine against brute force on NETWORKS (200000) random networks, and its methods against each other on larger ones; the first ones are always the same
	UNDERSTUDY_ORACLE_NETWORKS=$(NETWORKS) go test -count=1 -timeout 0 -v -run 'BruteForceOnRandomNetworks|TooLargeToTryOut' ./engine

workload: $(SCANNER)/node_modules/.package-lock.json ## scans of random networks, mirrored for DURATION (1h): each difference from the real Rust scanner must be proven to be its fault; SEED (1) gives other networks
	@mkdir -p bin
	UNDERSTUDY_WORKLOAD=$(DURATION) UNDERSTUDY_WORKLOAD_SEED=$(SEED) go test -count=1 -timeout 0 -v -artifacts -outputdir bin -run TestWorkload ./cmd/understudy

chaos: $(SCANNER)/node_modules/.package-lock.json ## each fault for CHAOS (10s) under load: whatever is broken, no client may see a difference from the primary; ARGS=-update writes the table of docs/reliability.md
	UNDERSTUDY_CHAOS=$(CHAOS) go test -count=1 -timeout 0 -v -run TestChaos ./cmd/understudy $(ARGS)

simulate: ## the rollout of described candidates, RUNS (1000) of each in virtual time: what was promised must hold; writes the tables and the plot of docs/rollout.md
	go test -count=1 -timeout 0 -v -run TestScenarios ./rollout/simulate -runs $(RUNS) -update

check: format lint vet tidy paths ## formatting, linters, imports, go.mod, no path of a machine

format: $(GOFUMPT)
	@out=$$($(GOFUMPT) -l .); if [ -n "$$out" ]; then echo "not formatted (gofumpt -w):"; echo "$$out"; exit 1; fi

lint: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) run ./...

vet:
	go vet ./...

tidy:
	go mod tidy -diff

# A path of the machine something was written on helps nobody elsewhere.
paths:
	@if git grep -nIE '(^|[^A-Za-z0-9_.-])/(home|Users|work|builds)/' -- ':!LICENSE'; then echo "a path of a machine is in the tree"; exit 1; fi
	@if git grep -nIF '$(CURDIR)'; then echo "the path of this checkout is in the tree"; exit 1; fi

bench: ## benchmarks
	go test -run '^$$' -bench . -benchmem ./...

bench-engine: build $(SCANNER)/node_modules/.package-lock.json ## the engine against its peers, into bench/report.md; BENCH_ROWS, BENCH_PEERS, BENCH_LIMIT choose (bench/README.md)
	go run ./bench -date "$$(date -u +%F)" -revision "$$(git describe --always --dirty)" $(ARGS)

fuzz: ## every fuzz target for FUZZTIME (10s)
	@go list ./... | while read -r package; do \
		for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
			echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package"; \
		done; \
	done

tools: $(GOLANGCI_LINT) $(GOFUMPT) ## the pinned linters, into bin/

$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv bin/golangci-lint $@

$(GOFUMPT):
	GOBIN=$(CURDIR)/bin go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
	mv bin/gofumpt $@

# npm writes this file at the end of an installation.
$(SCANNER)/node_modules/.package-lock.json: $(SCANNER)/package-lock.json
	cd $(SCANNER) && npm ci --no-audit --no-fund --silent
	@touch $@

clean: ## what a build, a test or a demo left behind
	rm -rf bin $(SCANNER)/node_modules coverage.out
