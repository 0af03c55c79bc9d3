#!/bin/sh
# Builds the web app into the platform's package, if anything has changed since it was built last.
#
# Usage: web.sh              build; an error where there is no Node
#        web.sh --optional   build where there is Node, else say so and go on
#        web.sh --modules    only install what building and testing need
set -eu
cd "$(dirname "$0")/../web"

BUILT=../packages/dotmac_platform/src/dotmac_platform/web/built
STAMP=node_modules/.dotmac-installed
OLDEST=20

version=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${version:-0}" -lt "$OLDEST" ] || ! command -v npm >/dev/null; then
    [ "${1:-}" = --optional ] || { echo "The web app needs Node $OLDEST or newer and npm." >&2; exit 1; }
    [ -e "$BUILT/index.html" ] || echo "No Node $OLDEST or newer here: going on without the web app." >&2
    exit 0
fi

if [ ! -e "$STAMP" ] || [ package-lock.json -nt "$STAMP" ]; then
    npm ci --no-progress --loglevel=error
    touch "$STAMP"
fi
[ "${1:-}" = --modules ] && exit 0

changed=$(find . \( -name node_modules -o -name e2e -o -name .tanstack -o -name routeTree.gen.ts \) -prune \
    -o -type f -newer "$BUILT/index.html" -print 2>/dev/null | head -n 1 || true)
if [ ! -e "$BUILT/index.html" ] || [ -n "$changed" ]; then
    echo "Building the web app …"
    npm run --silent build
fi
