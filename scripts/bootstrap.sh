#!/usr/bin/env bash
# Brings the system packages that building, running and testing ContainerStacks need.
# Usage: scripts/bootstrap.sh [build] [postgres] [docker] [ui-test] [window-test]     (default: build postgres)
#
# Quick when everything is there. Installs by apt as root or through sudo; where it may do neither, it prints the
# one line to run and fails. Debian 12 or newer, Ubuntu 24.04 or newer.
set -euo pipefail

OLDEST_RUST=1.95
OLDEST_NODE=20.19
OLDEST_POSTGRES=15

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# at_least 1.95 1.100.2: is the second version not older than the first?
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

packages_of() {
  case $1 in
    build) echo build-essential pkg-config libwebkit2gtk-4.1-dev ;;
    postgres) has_postgres || echo postgresql ;;
    docker) docker_packages ;;
    ui-test) has_chromium || chromium_packages ;;
    window-test) echo webkit2gtk-driver xvfb dbus gnome-keyring libsecret-tools ;;
    *) fail "There is no group of packages called $1; there are build, postgres, docker, ui-test and window-test." ;;
  esac
}

has_postgres() {
  local server version
  for server in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$server" ] || continue
    version=${server#/usr/lib/postgresql/}
    at_least "$OLDEST_POSTGRES" "${version%%/*}" && return 0
  done
  command -v postgres >/dev/null && command -v initdb >/dev/null \
    && at_least "$OLDEST_POSTGRES" "$(postgres --version | grep -oE '[0-9]+(\.[0-9]+)?' | head -n 1)"
}

has_chromium() {
  command -v chromedriver >/dev/null && { command -v chromium || command -v google-chrome; } >/dev/null
}

# Ubuntu has Chromium under other names.
chromium_packages() {
  if grep -q '^ID=ubuntu' /etc/os-release; then
    echo chromium-browser chromium-chromedriver
  else
    echo chromium chromium-driver
  fi
}

# Tests start an engine of their own, and only as root: for another account there is nothing to install. An engine that
# did not come by Debian's packages serves as well. The command line is a package of its own in newer releases.
docker_packages() {
  [ "$(id -u)" = 0 ] || return 0
  local program
  for program in dockerd containerd runc docker; do
    PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$program" >/dev/null || {
      echo docker.io
      ! apt-cache show docker-cli >/dev/null 2>&1 || echo docker-cli
      break
    }
  done
  echo busybox-static
}

# The packages of the arguments that are not installed, in one question to dpkg.
missing_of() {
  local installed package
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
  for package in "$@"; do
    case $installed in *" installed:$package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# Debian's package makes and starts a server of its own, which nothing here uses. Said before it is installed; a
# machine that has PostgreSQL already is left as it is.
no_debian_cluster='mkdir -p /etc/postgresql-common/createcluster.d && [ -e /etc/postgresql-common/createcluster.conf ] || echo create_main_cluster=false >/etc/postgresql-common/createcluster.d/containerstacks.conf'

# The same of Docker: its engine would run from now on and change the computer's network. Taken back with
# systemctl unmask docker.service docker.socket containerd.service.
no_debian_engine='mkdir -p /etc/systemd/system && for unit in docker.service docker.socket containerd.service; do [ -e /etc/systemd/system/$unit ] || ln -s /dev/null /etc/systemd/system/$unit; done'

install() {
  local as_root command
  command="export DEBIAN_FRONTEND=noninteractive"
  case " $* " in *" postgresql "*) command="$command; $no_debian_cluster" ;; esac
  case " $* " in *" docker.io "*) command="$command; $no_debian_engine" ;; esac
  # The lists are fetched only when they can't answer: none yet, or too old to find the files.
  local get="apt-get install -y --no-install-recommends $*"
  command="$command; { apt-cache show $* >/dev/null 2>&1 && $get; } || { apt-get update && $get; }"

  if [ "$(id -u)" = 0 ]; then
    as_root=(sh -c)
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n sh -c)
  elif command -v sudo >/dev/null && [ -z "${CI:-}" ] && [ -t 0 ]; then
    as_root=(sudo sh -c)
  else
    say "These packages are missing: $*"
    say "Run this once, then start again:"
    say "  sudo sh -c '$command'"
    exit 1
  fi
  say "Installing: $*"
  "${as_root[@]}" "$command" </dev/null >&2 || fail "The packages could not be installed: $*"
}

check_tools() {
  local version
  command -v cargo >/dev/null && command -v rustc >/dev/null \
    || fail "Rust is missing: install version $OLDEST_RUST or newer from https://rustup.rs."
  version=$(rustc --version | cut -d ' ' -f 2)
  at_least "$OLDEST_RUST" "$version" \
    || fail "Rust $version is too old: $OLDEST_RUST or newer is needed (rustup update stable)."
  command -v node >/dev/null && command -v npm >/dev/null \
    || fail "Node.js with npm is missing: install version $OLDEST_NODE or newer from https://nodejs.org."
  version=$(node --version)
  version=${version#v}
  at_least "$OLDEST_NODE" "$version" || fail "Node.js $version is too old: $OLDEST_NODE or newer is needed."
}

main() {
  [ $# -gt 0 ] || set -- build postgres
  local wanted='' group missing
  check_tools
  for group in "$@"; do wanted="$wanted $(packages_of "$group")"; done
  # shellcheck disable=SC2086 # names of packages, split on purpose
  set -- $wanted
  [ $# -gt 0 ] || return 0
  command -v dpkg-query >/dev/null \
    || fail "Packages are installed by apt here; on this system install what corresponds to: $*"
  missing=$(missing_of "$@")
  # shellcheck disable=SC2086
  [ -z "$missing" ] || install $missing
  case " $* " in
    *" postgresql "*)
      has_postgres || fail "The PostgreSQL of this system is older than $OLDEST_POSTGRES; see https://www.postgresql.org/download/linux/." ;;
  esac
}

main "$@"
