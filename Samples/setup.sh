#!/usr/bin/env bash
# Installs the system libraries that the package builds on, and what the arguments name, where they are
# missing.
set -euo pipefail
missing=()
for package in libsqlite3-dev zlib1g-dev pkg-config make "$@"; do
    dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package")
done
if ((${#missing[@]})); then
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq "${missing[@]}"
fi
