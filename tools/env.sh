# file: tools/env.sh
# Make .venv what the lock says. One argument: the lock (default requirements-dev.lock; requirements.lock is the product
# alone). Does nothing when current; builds afresh when the lock, the checkout's place or the interpreter changed, or a
# build was interrupted; reinstalls only the project when pyproject.toml changed.
set -eu
cd "$(dirname "$0")/.."
lock=${1:-requirements-dev.lock}
venv=.venv
python=$venv/bin/python
unset PYTHONPATH PYTHONHOME
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0

# cksum is the one checksum every POSIX system has; these marks detect change, pip's hashes guard against tampering.
packages="$PWD $lock $(cksum <"$lock")"
project=$(cksum <pyproject.toml)

runs() { [ -x $venv/bin/pip3 ] && "$python" -I -S -c '' 2>/dev/null; }
marked() { [ "$(cat "$venv/$1.mark" 2>/dev/null)" = "$2" ]; }

if runs && marked packages "$packages" && marked project "$project" && [ -x $venv/bin/tradingbot ]; then
    exit 0
fi

if ! runs || ! marked packages "$packages"; then
    base=$(sh tools/python.sh)
    echo "make env: building $venv with $base from $lock"
    rm -rf $venv
    "$base" -I -m venv $venv
    "$python" -I -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r "$lock"
    echo "$packages" >$venv/packages.mark
fi

rm -f $venv/project.mark
"$python" -I -m pip install --quiet --no-deps --no-build-isolation --editable .
"$python" -I -m compileall -q tradingbot strategies
echo "$project" >$venv/project.mark
echo "make env: $venv is ready"
