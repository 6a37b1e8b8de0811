# Sourced by demo and test: makes .venv at the root of the project and installs what a lock file names.
# Usage, with the root of the project as the current folder: lock=deploy/requirements.txt; . deploy/venv.sh

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    if command -v "${PYTHON:-python3}" >/dev/null 2>&1; then
        say "Python 3.11 or newer is needed, but ${PYTHON:-python3} is $("${PYTHON:-python3}" -V 2>&1). Install a newer one, or name it: PYTHON=/path/to/python3.11 $0"
    else
        say "Python 3.11 or newer is needed, but no python3 was found. Install it (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12)."
    fi
    return 1
}

make_venv() {
    # An interrupted creation leaves no pip behind; then it is made again.
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || exit 1
        rm -rf .venv
        if ! "$python" -m venv .venv 2>/dev/null; then
            rm -rf .venv
            say "Python's venv module is missing. Install it (Debian and Ubuntu: apt-get install python3-venv), then run $0 again."
            exit 1
        fi
    fi
}

install_locked() {
    stamp=$(cat "$lock" pyproject.toml | cksum)
    if [ "$(cat ".venv/installed-$(basename "$lock")" 2>/dev/null)" = "$stamp" ]; then
        return 0
    fi
    say "Installing the locked dependencies into .venv (once)..."
    if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
        ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; then
        say "The dependencies could not be installed: the message above says why. Without a network or a package index, connect or configure pip, then run $0 again."
        exit 1
    fi
    printf '%s' "$stamp" >".venv/installed-$(basename "$lock")"
}

make_venv
install_locked
