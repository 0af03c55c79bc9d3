#!/bin/sh
# Makes the virtual environment named in $1 and installs the uv of requirements.lock into it.
set -eu

venv=$1
python=

for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done

if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "DotMac needs Python 3.11 or newer; this machine has: $found." >&2
    echo "Install it (Debian 12 and later: apt-get install python3 python3-venv) and run make again." >&2
    exit 1
fi

# Debian and Ubuntu keep ensurepip in a package of its own; without it venv fails half way.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$python cannot make virtual environments: its venv and ensurepip modules are missing." >&2
    echo "Install them (Debian, Ubuntu: apt-get install python$version-venv) and run make again." >&2
    exit 1
fi

if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    echo "Making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

# One pin, one hash list: uv is taken from the lock like everything else.
pin=$venv/uv-pin.txt
sed -n '/^uv==/,/[^\\]$/p' requirements.lock >"$pin"
if [ ! -s "$pin" ]; then
    echo "requirements.lock does not name uv; it is damaged or from another version." >&2
    exit 1
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$pin"
