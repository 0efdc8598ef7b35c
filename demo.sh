#!/usr/bin/env bash
# Sets a fresh machine up, builds the program and shows a whole ministry at work.
set -euo pipefail
cd "$(dirname "$0")"
Samples/setup.sh
swift run --quiet attache demo
