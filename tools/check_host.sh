#!/bin/sh
# Usage: check_host.sh [PYTHON]
# Looks for the programs that cannot come from PyPI. One line for each that is missing, then status 2.
set -u

python=${1:-python3}
missing=0

# How this system installs the package that is called $1 by apt, $2 by dnf, $3 by brew.
how() {
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo "
    if command -v apt-get >/dev/null 2>&1; then
        printf '%sapt-get install %s' "$as_root" "$1"
    elif command -v dnf >/dev/null 2>&1; then
        printf '%sdnf install %s' "$as_root" "$2"
    elif command -v brew >/dev/null 2>&1; then
        printf 'brew install %s' "$3"
    else
        printf 'install %s' "$1"
    fi
}

need() {
    program=$1
    shift
    command -v "$program" >/dev/null 2>&1 && return
    echo "error: $program is missing: $(how "$@")" >&2
    missing=1
}

# Verilator's makefiles call the compiler c++ and the archiver ar.
need c++ g++ gcc-c++ gcc
need ar binutils binutils binutils
need make make make make
need perl perl perl perl
need git git git git

if ! command -v "$python" >/dev/null 2>&1; then
    echo "error: $python is missing: $(how "python3 python3-venv" python3 python@3.12)" >&2
    missing=1
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
    echo "error: Python 3.11 or newer is needed and $python is ${version:-unusable}:" \
        "name another with 'make PYTHON=python3.12 ...'" >&2
    missing=1
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "error: $python cannot make virtual environments:" \
        "$(how python3-venv python3-pip python@3.12)" >&2
    missing=1
fi

# The makefiles of a simulation hold absolute paths, and make splits them at blanks.
case $PWD in
    *[[:space:]:\;\#\$\&\|\(\)\\\"\'\`]*)
        echo "error: Verilator cannot build in a folder of this name: $PWD" >&2
        missing=1
        ;;
esac

[ "$missing" = 0 ] || exit 2
