#!/bin/sh
# Makes sure that Icarus Verilog is there: installs Debian's package where that needs no password,
# else prints the one command to type and exits with status 2.
set -u

command -v iverilog >/dev/null 2>&1 && command -v vvp >/dev/null 2>&1 && exit 0

# Runs apt-get as root without ever asking; its output is shown only if it fails.
apt() {
    log=$(mktemp) || return 1
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive \
            apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1
    fi
    status=$?
    [ "$status" = 0 ] || tail -n 5 "$log" >&2
    rm -f "$log"
    return "$status"
}

give_up() {
    echo "error: Icarus Verilog (iverilog) is missing: $1" >&2
    exit 2
}

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        by_hand="apt-get install iverilog"
    else
        by_hand="sudo apt-get install iverilog"
        sudo -n true >/dev/null 2>&1 || give_up "$by_hand"
    fi
    echo "setup: installing Icarus Verilog (apt-get install iverilog)"
    # A fresh machine or image has no package lists.
    apt install iverilog 2>/dev/null || { apt update && apt install iverilog; }
    command -v iverilog >/dev/null 2>&1 || give_up "$by_hand"
elif command -v dnf >/dev/null 2>&1; then
    give_up "sudo dnf install iverilog"
elif command -v brew >/dev/null 2>&1; then
    give_up "brew install icarus-verilog"
else
    give_up "install Icarus Verilog 11 or newer and put iverilog and vvp on PATH"
fi
