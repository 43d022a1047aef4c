#!/usr/bin/env bash
# Makes the icon set from icons/icon.svg: what Tauri embeds and bundles, nothing for phones.
# Usage: scripts/icons.sh (needs `npm ci` in ui/ first)
set -euo pipefail
cd "$(dirname "$0")/.."

tauri=${TAURI_CLI:-ui/node_modules/.bin/tauri}
if [ ! -x "$tauri" ]; then
  echo "The Tauri command line is missing: run npm ci in ui/ first." >&2
  exit 1
fi

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$tauri" icon icons/icon.svg --output "$made" >/dev/null 2>&1
for file in 32x32.png 128x128.png 128x128@2x.png icon.png icon.ico icon.icns; do
  cp "$made/$file" "icons/$file"
done
ls -l icons
