# Every target does its whole job on a machine that has Rust and Node: what else it needs, it installs first.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: run demo-screenshots test fmt lint bindings sqlx catalogue mutate bench
# Recipes run one after the other; cargo and npm use all cores themselves.
.NOTPARALLEL:

export PATH := $(HOME)/.cargo/bin:$(PATH)
export npm_config_fund := false
export npm_config_audit := false

# One selection of packages and features for all that is built, so that nothing is compiled twice.
EVERYTHING := --workspace --features tauri/custom-protocol
DISPLAYED := $(or $(DISPLAY),$(WAYLAND_DISPLAY))
NPM := npm --prefix ui --no-update-notifier

UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print 2>/dev/null)

# The window on this desktop, or, without one, the same window under a virtual display, walked through page by page.
run:
	@scripts/bootstrap.sh build postgres $(if $(DISPLAYED),,window-test)
	@$(MAKE) --no-print-directory ui/dist/index.html
	@cargo build $(EVERYTHING) --bins
ifneq ($(DISPLAYED),)
	@target/debug/containerstacks
else
	@target/debug/tour target/screenshots/run
endif

# The pictures of the README, of the demonstration in the real window.
demo-screenshots:
	@scripts/bootstrap.sh build postgres window-test
	@$(MAKE) --no-print-directory ui/dist/index.html
	@cargo build $(EVERYTHING) --bins
	@target/debug/demo-screenshots docs/screenshots

# Everything that has to hold before a change may land.
test:
	@scripts/bootstrap.sh build postgres docker ui-test window-test
	@scripts/test.sh

fmt:
	@scripts/bootstrap.sh
	@$(MAKE) --no-print-directory ui/node_modules/.package-lock.json
	cargo fmt --all
	$(NPM) run format

lint:
	@scripts/bootstrap.sh
	@$(MAKE) --no-print-directory ui/dist/index.html
	cargo clippy $(EVERYTHING) --all-targets -- -D warnings
	$(NPM) run check

# The types that the UI shares with Rust.
bindings:
	@scripts/bootstrap.sh
	cargo xtask bindings

# What the compiler knows of the queries when there is no database.
sqlx:
	@scripts/bootstrap.sh
	cargo run -q -p xtask --no-default-features -- sqlx-prepare

# What a fresh database's catalogue says of who may what: the program's own copy, that live databases are compared with.
catalogue:
	@scripts/bootstrap.sh build postgres
	cargo run -q -p cs-tests --bin catalogue

# Every policy and every grant dropped or loosened in turn; a test run takes a sample of them.
mutate:
	@scripts/bootstrap.sh build postgres
	CS_MUTATIONS=all cargo test -p cs-tests --test trust mutations:: -- --nocapture

# What trust and billing cost, as ratios within one run; docs/benchmarks.md has what they were.
bench:
	@scripts/bootstrap.sh build postgres
	cargo build -q --release -p csctl -p cs-tests --bins
	target/release/bench_trust
	target/release/bench_billing
	target/release/bench_sync

# npm writes the target itself; touched because it keeps the time of an equal file.
ui/node_modules/.package-lock.json: ui/package-lock.json ui/package.json
	npm ci --prefix ui --no-update-notifier
	@touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	$(NPM) run build
	@touch $@
