#!/usr/bin/env bash
# Everything that has to hold before a change may land, quickest first. `make test` runs it after the bootstrap.
# A step that fails doesn't keep the others from running, but for those that need what it builds.
set -uo pipefail
cd "$(dirname "$0")/.."

everything=(--workspace --features tauri/custom-protocol)
npm=(npm --prefix ui --no-update-notifier)
failed=()
began=$SECONDS

step() {
  local name=$1 at=$SECONDS
  shift
  printf '\n=== %s\n' "$name"
  if "$@"; then
    printf '=== %s: %s s\n' "$name" $((SECONDS - at))
    return 0
  fi
  printf '=== %s: FAILED after %s s\n' "$name" $((SECONDS - at))
  failed+=("$name")
  return 1
}

finish() {
  printf '\n'
  if [ ${#failed[@]} -eq 0 ]; then
    printf 'Everything holds (%s s).\n' $((SECONDS - began))
    exit 0
  fi
  printf 'Failed after %s s: %s\n' $((SECONDS - began)) "$(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
  exit 1
}

has_tools() {
  { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1 || rustup component add rustfmt clippy
}

step 'Rust tools' has_tools || finish
step 'Rust formatting' cargo fmt --all --check
step 'UI packages' make --no-print-directory ui/node_modules/.package-lock.json || finish
step 'UI types, lints and unused code' "${npm[@]}" run check
step 'UI tests' "${npm[@]}" test
step 'UI build' make --no-print-directory ui/dist/index.html || finish
step 'Rust lints' cargo clippy "${everything[@]}" --all-targets -- -D warnings
step 'Rust build' cargo build "${everything[@]}" --bins || finish
step 'Generated types' target/debug/xtask check-bindings
step 'Arrows between crates' target/debug/xtask check-arrows
step 'Data of the queries' target/debug/xtask sqlx-check
step 'Rust tests' target/debug/xtask test
finish
