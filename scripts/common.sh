# What the scripts have in common: looking after what is needed, and saying so. Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n==> %s\n' "$*"; }
fail() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

# Installs the Debian packages that are missing, and says what it does.
need_packages() {
    local missing=()
    local package
    for package in "$@"; do
        if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
            missing+=("$package")
        fi
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || fail "please install ${missing[*]}, or what your system calls them"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "please install ${missing[*]} (as root: apt-get install ${missing[*]})"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]} with apt-get"
    "${as_root[@]}" apt-get update -q >/dev/null || fail "apt-get update did not work; is there a network?"
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" \
        || fail "apt-get could not install ${missing[*]}"
}

# Everything a build needs.
need_toolchain() {
    command -v swift >/dev/null || fail "no Swift toolchain in PATH; see https://www.swift.org/install (6.2 or later)"
    if [ "$(uname)" = Linux ]; then
        need_packages libzmq3-dev libsqlite3-dev
    else
        command -v brew >/dev/null && brew list zeromq >/dev/null 2>&1 \
            || fail "please install ZeroMQ first: brew install zeromq"
    fi
}

# The example is a package of its own, built into the same directory so that nothing is compiled twice. The build
# description would be mistaken for the other package's, so it is never reused; the root comes last, so that a plain
# 'swift build' finds its own.
build() {
    swift build --disable-build-manifest-caching "$@"
}

build_example() {
    build --package-path Examples/HelloTasks --scratch-path .build --product HelloTasks
}
