# Trestle: `make help` lists the targets.

SHELL := /bin/bash
MACHINE := $(shell uname -m)
ARCH := $(if $(filter aarch64 arm64,$(MACHINE)),aarch64,x64)
BUN := node_modules/@oven/bun-linux-$(ARCH)/bin/bun
BIN := dist/bin
VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)

# Every name that the executable answers to besides its own.
PLUGINS := bridge host-local loopback

DESTDIR ?=
BINDIR ?= /opt/cni/bin
CONFDIR ?= /etc/cni/net.d

SOURCES := $(shell find cni cli firewall inet ipam netlink plugin sys -name '*.ts' -not -name '*.test.ts' 2>/dev/null)

.PHONY: all build help demo test check fix bench install clean

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

node_modules/.installed: package.json package-lock.json
	npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

build: $(BIN)/trestle ## build dist/bin/trestle and its plugin names (the default)

# Never strip the result: the program is appended to the runtime and strip cuts it off.
# The name given to --outfile is embedded, so it stays the same for a reproducible file.
$(BIN)/trestle: node_modules/.installed $(SOURCES) package.json tsconfig.json Makefile
	@mkdir -p $(BIN)
	@rm -f $(BIN)/*
	$(BUN) build --compile --minify --bytecode --format=esm --splitting --sourcemap \
		--no-compile-autoload-dotenv --no-compile-autoload-bunfig \
		--compile-exec-argv="--disallow-code-generation-from-strings=strict --no-addons --no-ffi-cc" \
		--define TRESTLE_VERSION='"$(VERSION)"' \
		plugin/main.ts --outfile $(BIN)/trestle
	@rm -f $(BIN)/*.map
	@for name in $(PLUGINS); do ln -f $(BIN)/trestle $(BIN)/$$name; done

check: node_modules/.installed ## format, lint, types and unit tests
	npx prettier --check --log-level warn .
	npx oxlint --type-aware --deny-warnings .
	npx tsc -p tsconfig.json
	npx tsc -p tsconfig.pure.json
	NODE_OPTIONS=--experimental-vm-modules npx jest --selectProjects unit

fix: node_modules/.installed ## mend formatting and what the linter can mend
	npx prettier --write --log-level warn .
	npx oxlint --type-aware --fix .

clean: ## remove what the build made
	rm -rf dist
