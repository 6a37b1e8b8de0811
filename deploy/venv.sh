#!/bin/sh
# Makes .venv at the root of the project and installs what a lock file names; quick when all is there already.
# Usage: deploy/venv.sh [LOCK_FILE [COMMAND_TO_NAME_IN_MESSAGES]]. What it does once a Python is found stands in venv.py.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

say() { printf '%s\n' "$*" >&2; }

fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.14 python3.13 python3.12 python3.11 .venv/bin/python
    fi
    for candidate in "$@"; do
        if fits "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    say_what_is_wrong_with "$1"
    return 1
}

say_what_is_wrong_with() {
    need="Python 3.11 or newer is needed, but"
    mend="Install one (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12) or name it: PYTHON=/path/to/python3.11 $called"
    if ! command -v "$1" >/dev/null 2>&1; then
        say "$need $1 was not found. $mend"
    elif version=$("$1" -V 2>&1) && [ -n "$version" ]; then
        say "$need $1 is $version. $mend"
    else
        said=$(printf '%s\n' "$version" | head -n 1)
        say "$need $1 does not run (${said:-it says nothing}). $mend"
    fi
}

lock=${1:-deploy/requirements.txt}
called=${2:-$0}
python=$(find_python) || exit 1
exec "$python" -I deploy/venv.py "$lock" "$called"
