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

# Python's taskiq, which the compatibility tests talk to, in a virtual environment of its own. Without PyPI the tests are
# skipped, except where they are asked for: in CI, or with TASKIQ_REQUIRE_PYTHON set.
prepare_python_peers() {
    local pins=Tests/TaskiqCompatibilityTests/Python/requirements.txt
    local folder=.build/python-peers
    local log=.build/python-peers.log
    # The pins are copied last, so that what was made by half is never taken for whole.
    if cmp -s "$pins" "$folder/requirements.txt" && "$folder/bin/python" -c 'import taskiq' 2>/dev/null; then return 0; fi
    say "Installing Python's taskiq into $folder"
    rm -rf "$folder"
    mkdir -p .build
    # Debian keeps the module venv in a package of its own. In a subshell, because it ends the script when it fails.
    if (python3 -c 'import venv, ensurepip' 2>/dev/null || need_packages python3-venv) \
        && python3 -m venv "$folder" >"$log" 2>&1 \
        && "$folder/bin/python" -m pip install --disable-pip-version-check --requirement "$pins" >>"$log" 2>&1; then
        cp "$pins" "$folder/requirements.txt"
        return 0
    fi
    [ ! -e "$log" ] || tail -n 3 "$log" >&2
    rm -rf "$folder"
    if [ -n "${CI:-}${TASKIQ_REQUIRE_PYTHON:-}" ]; then
        fail "Python's taskiq could not be installed, and the compatibility tests must not be skipped here"
    fi
    say "Skipping the compatibility tests: Python's taskiq could not be installed (see $log)"
}
