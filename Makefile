# The project's commands. `make` alone lists them; every one that needs dependencies sets them up first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

export PKG_CONFIG_PATH := $(CURDIR)/.deps/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

goldstone := .build/release/goldstone
preset ?= quick
run ?= runs/$(preset)
seconds ?= 30
weights ?= $(run)/unconstrained/seed-1/weights.safetensors

.PHONY: help setup build test check fuzz benchmark study docs dist generator sample format lint clean

help: ## list these commands
	@echo "make COMMAND, where COMMAND is one of"
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 11 | sed 's/^/  /'

setup: ## install what is missing (libraries, LibTorch, the figure renderer)
	@Scripts/setup.sh

build: setup ## build the command, .build/release/goldstone
	@swift build -c release

test: lint ## set up, build and test everything that needs neither hours nor other programs
	@swift build -c release --build-tests
	@swift test -c release --skip-build --disable-xctest

check: setup ## the slow and heavy tests too, with the peers' programs (in .deps/peers)
	@Scripts/peers.sh
	@Scripts/browser.sh
	@swift build -c release --build-tests
	@Scripts/docs.sh
	@GOLDSTONE_HEAVY=1 GOLDSTONE_PAGE=.build/page swift test -c release --skip-build --disable-xctest
	@python3 Tests/Check/page.py .build/page/report.html .build/page/pictures
	@Tests/Check/tutorial.sh
	@Tests/Check/pytorch.sh
	@Tests/Check/launchers.sh
	@Tests/Check/nccl.sh
	@Tests/Check/slurm.sh
	@condor=$$(mktemp -d) && .deps/peers/bin/python Tests/Check/condor.py $(goldstone) "$$condor/run" && rm -rf "$$condor"
	@Scripts/dist.sh
	@Tests/Check/dist.sh
	@.deps/peers/bin/python Tests/Check/root.py $(goldstone)
	@.deps/peers/bin/python Tests/Check/score_files.py $(goldstone)
	@.deps/peers/bin/python Tests/Check/top_tagging.py $(goldstone)
	@Tests/Check/trigger.sh
	@run=$$(mktemp -d); trap 'rm -rf "$$run"' EXIT; \
	$(goldstone) study Tests/Check/study.yaml --output "$$run" && \
	$(goldstone) statistics "$$run"/*/seed-*/scores.h5 --output "$$run/statistics" && \
	.deps/peers/bin/python Tests/Check/scores.py "$$run" && \
	.deps/peers/bin/python Tests/Check/documented.py docs/python.md "$$run" && \
	python3 Tests/Check/page.py "$$run/report.html"

fuzz: setup ## hostile files for each of our parsers, for seconds=30 each (GOLDSTONE_FUZZ_SEED=2 for others)
	@swift build -c release --build-tests
	@GOLDSTONE_FUZZ=$(seconds) swift test -c release --skip-build --disable-xctest --filter FuzzTests

benchmark: build ## time the curvature of a trained tagger beside PyTorch, curvlinops and JAX (run=runs/PRESET)
	@Scripts/peers.sh
	@.deps/peers/bin/python Benchmarks/curvature/run.py --weights $(weights) --study $(run)/study.yaml

study: build ## run the whole study (preset=quick, run=runs/PRESET) and write its page, report.html
	@$(goldstone) study --preset $(preset) --output $(run)

docs: build ## pages of all public declarations, room by room, in .build/docs
	@Scripts/docs.sh

dist: setup ## a release archive that runs without Swift, dist/goldstone-VERSION-linux-x86_64.tar.xz
	@Scripts/dist.sh

generator: setup ## build Pythia and FastJet for `goldstone generate` (GPL; a program of their own)
	@Scripts/generator.sh

sample: generator ## make the jets that ship with the repository anew
	@Scripts/make-sample.sh

format: ## format the sources
	@swift format format --in-place --parallel --recursive Sources Tests Examples Package.swift

lint: setup ## check the sources' format
	@swift format lint --strict --parallel --recursive Sources Tests Examples Package.swift

clean: ## remove what was built (keeps .deps and runs)
	@rm -rf .build .build-dist dist
