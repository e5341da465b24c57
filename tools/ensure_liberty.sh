#!/bin/sh
# Usage: ensure_liberty.sh FOLDER
# Makes sure that the standard cells that `make synth` maps to are there: takes the Liberty file out
# of Debian's package, without installing it. One line that says what is missing, then status 2.
set -u

package=qflow-tech-osu018
version=1.3.17+dfsg.1-3
digest=86f79b2000f1ac46715a9f6dfd5f5a596906418e9ee8a8611077bbaaad3de4e9
folder=$1
file=$folder/osu018_stdcells.lib

is_right() {
    [ -f "$1" ] && echo "$digest  $1" | sha256sum --check --status 2>/dev/null
}

give_up() {
    echo "error: the cell library $file is missing: $1" >&2
    exit 2
}

is_right "$file" && exit 0

for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null 2>&1 ||
        give_up "$tool is needed to unpack Debian's $package $version"
done

mkdir -p "$folder" || exit 2
scratch=$(mktemp -d "$folder/unpack.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

fetch() {
    (cd "$scratch" && apt-get -q -y download "$package=$version" >log 2>&1)
}

echo "setup: fetching the cell library ($package $version)"
# A fresh machine or image has no package lists; only root may renew them.
if ! fetch; then
    [ "$(id -u)" = 0 ] && apt-get -q -y -o DPkg::Lock::Timeout=120 update >/dev/null 2>&1
    fetch || give_up "apt-get download $package=$version: $(grep -v '^W:' "$scratch/log" | tail -n 1)"
fi
dpkg-deb -x "$scratch"/*.deb "$scratch/files" || give_up "the package cannot be unpacked"
found=$scratch/files/usr/share/qflow/tech/osu018/osu018_stdcells.lib
is_right "$found" || give_up "the package holds another file than expected"
# Renamed into place: two runs at once do no harm.
mv "$found" "$file"
