# Trestle: `make help` lists the targets.

SHELL := /bin/bash
MACHINE := $(shell uname -m)
ARCH := $(if $(filter aarch64 arm64,$(MACHINE)),aarch64,x64)
BUN := node_modules/@oven/bun-linux-$(ARCH)/bin/bun
BIN := dist/bin
SDK := dist/sdk
VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)

# Every name that the executable answers to besides its own.
PLUGINS := bridge host-local loopback macvlan ptp tap vlan

DESTDIR ?=
BINDIR ?= /opt/cni/bin
CONFDIR ?= /etc/cni/net.d

SOURCES := $(shell find cni cli firewall inet ipam netlink plugin sdk sys conformance/catalogue conformance/formats conformance/node \
	conformance/suite \( -name '*.ts' -o -path 'conformance/node/*.sh' \) -not -name '*.test.ts' \
	-not -path '*/goldens/*' -not -path '*/example/*' -not -name 'fake-kernel.ts' 2>/dev/null)
SDK_SOURCES := $(filter cni/% inet/% sdk/% sys/%,$(SOURCES))

JEST := NODE_OPTIONS="--experimental-vm-modules --no-warnings" npx --no-install jest

.PHONY: all build sdk help demo test test-unit test-kernel test-runtimes check check-static fix bench bench-vlans goldens packages install clean \
	conformance conformance-matrix lab lab-packages lab-shell scenes pictures

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

node_modules/.installed: package.json package-lock.json
	@npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error --fetch-retries=1 --fetch-timeout=60000 || \
		{ echo "make: the packages could not be installed; is the npm registry reachable?" >&2; exit 1; }
	@touch $@

build: $(BIN)/trestle ## build dist/bin/trestle and its plugin names (the default)

# Never strip the result: the program is appended to the runtime and strip cuts it off.
# The name given to --outfile is embedded, so it stays the same for a reproducible file.
# Made and sealed (plugin/seal.ts) in a folder of its own, so that $(BIN) holds whole programs only, the old or the new.
$(BIN)/trestle: node_modules/.installed $(SOURCES) package.json tsconfig.json Makefile
	@mkdir -p $(BIN)/.new
	$(BUN) build --compile --compile-jit-policy=100 --minify --bytecode --format=esm --splitting --sourcemap \
		--no-compile-autoload-dotenv --no-compile-autoload-bunfig \
		--no-compile-autoload-tsconfig --no-compile-autoload-package-json \
		--compile-exec-argv="--disallow-code-generation-from-strings=strict --no-addons --no-ffi-cc" \
		--define TRESTLE_VERSION='"$(VERSION)"' \
		plugin/main.ts --outfile $(BIN)/.new/trestle
	$(BUN) plugin/seal.ts $(BIN)/.new/trestle
	@if [ -e $(BIN)/trestle ]; then ln -f $(BIN)/trestle $(BIN)/.new/before; fi
	@mv -f $(BIN)/.new/trestle $(BIN)/trestle
	@for name in $(PLUGINS); do ln -f $(BIN)/trestle $(BIN)/$$name; done
	@if [ -e $(BIN)/.new/before ]; then find $(BIN) -maxdepth 1 -samefile $(BIN)/.new/before -delete; fi
	@rm -rf $(BIN)/.new

sdk: $(SDK)/index.js ## build what plugin authors import, dist/sdk; `npm pack` makes a package of it

# For Node, so that plugins can be tested there; what needs Bun is in chunks that only a running plugin loads. The loggers and
# runners of programs stay packages: `bun build --compile` of a plugin takes them in.
$(SDK)/index.js: node_modules/.installed $(SDK_SOURCES) package.json tsconfig.json tsconfig.sdk.json Makefile
	@rm -rf $(SDK).new
	$(BUN) build --splitting --format=esm --target=node --external execa --external winston --external 'bun:*' \
		sdk/index.ts --outdir $(SDK).new
	npx --no-install tsc -p tsconfig.sdk.json --outDir $(SDK).new/types
	@cp node_modules/ipaddr.js/LICENSE $(SDK).new/ipaddr.js.LICENSE
	@rm -rf $(SDK)
	@mv $(SDK).new $(SDK)

demo: build ## attach two containers, show that it works, leave nothing
	@conformance/demo/demo.sh

packages: ## install the Debian packages that tests use, where they are missing
	@conformance/packages.sh

lab-packages: # those of the lab as well
	@conformance/packages.sh --lab

test: build sdk lab-packages check-static ## everything that this machine can run; TRESTLE_LAB=off leaves the lab out
	@node conformance/lab/build.js
	$(JEST) --selectProjects unit kernel runtimes lab

test-unit: sdk ## the tests of pure code alone
	$(JEST) --selectProjects unit

test-kernel: build sdk packages ## the executable against this kernel; its virtual machines are made by `make lab`
	$(JEST) --selectProjects kernel

test-runtimes: build packages ## podman, containerd and libcni drive the executable
	$(JEST) --selectProjects runtimes

lab: build sdk lab-packages ## another kernel, in a virtual machine; LAB="conformance/kernel" runs the tests of a folder in it
	$(JEST) --selectProjects lab

scenes: build lab-packages ## keep what the hosts of the scenarios tell of themselves, part of it in the lab, and draw it
	TRESTLE_SCENES=$(CURDIR)/conformance/scenarios/scenes LAB="conformance/scenarios/lab" $(JEST) --selectProjects kernel lab \
		--testPathPatterns conformance/scenarios/ --testPathIgnorePatterns pictures.test
	$(MAKE) pictures

pictures: build ## draw the pictures of docs/scenarios of what was kept
	TRESTLE_PICTURES=write $(JEST) --selectProjects kernel --testPathPatterns conformance/scenarios/pictures

lab-shell: build lab-packages ## a shell in that machine; RUN="uname -a" and the like run a command instead
	@node conformance/lab/main.js '$(subst ','\'',$(RUN))'

check: check-static test-unit ## format, lint, types and unit tests

check-static: node_modules/.installed
	npx --no-install prettier --check --log-level warn .
	npx --no-install oxlint --type-aware --deny-warnings .
	npx --no-install tsc -p tsconfig.json
	npx --no-install tsc -p tsconfig.pure.json

fix: node_modules/.installed ## mend formatting and what the linter can mend
	npx --no-install prettier --write --log-level warn .
	npx --no-install oxlint --type-aware --fix .

bench: build ## measure against the reference plugins and the floor; BENCH="--quick" and the like pass options
	$(BUN) bench/main.ts $(BENCH)

bench-vlans: build lab-packages ## measure in the lab what 200 attachments in 20 VLANs cost the next one (some minutes)
	@node conformance/lab/main.js conformance/lab/vlan-scale.sh

# Each plugin is judged, also after another failed. What differs from the reference on purpose is in conformance/known/.
# 3 is "none of the chosen clauses is for this plugin": that of one is no failure as long as another was judged.
conformance: build packages ## judge our plugins as anybody's; CONFORMANCE="--only DEL" and the like pass options
	@result=3; for type in $(PLUGINS); do \
		known=conformance/known/$$type.json; if [ -e $$known ]; then known="--known $$known"; else known=; fi; \
		$(BIN)/trestle conformance --plugin-dir $(BIN) --type $$type $$known $(CONFORMANCE); \
		case $$? in 0) if [ $$result = 3 ]; then result=0; fi;; 3) ;; *) result=1;; esac; echo; \
	done; exit $$result

conformance-matrix: build packages ## the same for the reference plugins beside ours: writes docs/conformance/, a part with --to
	$(BUN) conformance/matrix/main.ts $(CONFORMANCE)

goldens: node_modules/.installed ## record again what ip(8) says to this kernel (root, strace, iproute2)
	node netlink/route/goldens/capture.mjs
	node netlink/nftables/goldens/capture.mjs
	npx --no-install prettier --check --log-level warn netlink

# Everything appears whole, by a rename within its folder: the executable first, then its names, and last the
# configuration, because runtimes take its appearance for "ready". A configuration that differs is somebody's own.
install: $(BIN)/trestle ## install to BINDIR (/opt/cni/bin) and CONFDIR (/etc/cni/net.d), below DESTDIR
	@set -eu; bin="$(DESTDIR)$(BINDIR)"; conf="$(DESTDIR)$(CONFDIR)"; list="$$conf/10-trestle.conflist"; \
	clean() { rm -f "$$bin"/.trestle-install.* "$$conf"/.trestle-install.* 2> /dev/null; }; \
	trap clean EXIT; trap 'exit 1' HUP INT TERM; \
	mkdir -p "$$bin" "$$conf"; clean; new="$$bin/.trestle-install.$$$$"; \
	cp $(BIN)/trestle "$$new"; chmod 0755 "$$new"; sync "$$new"; mv -f "$$new" "$$bin/trestle"; \
	for name in $(PLUGINS); do ln "$$bin/trestle" "$$new"; mv -f "$$new" "$$bin/$$name"; done; \
	echo "installed $$bin/trestle $(VERSION), also as $(PLUGINS)"; \
	if [ ! -e config.json ]; then exit 0; fi; \
	if [ -e "$$list" ] || [ -L "$$list" ]; then \
		if ! cmp -s config.json "$$list"; then echo "kept $$list, which differs from config.json" >&2; fi; \
		exit 0; \
	fi; \
	new="$$conf/.trestle-install.$$$$"; \
	cp config.json "$$new"; chmod 0644 "$$new"; sync "$$new"; mv -f "$$new" "$$list"; \
	echo "installed $$list"

clean: ## remove what the build made
	rm -rf dist
