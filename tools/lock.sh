# file: tools/lock.sh
# Write requirements.lock (the product), requirements-dev.lock and requirements-cluster.lock (the same pins, and the
# tools or Ray) from pyproject.toml:
# every file hashed, for every platform, without a URL. Pins stay unless UPGRADE=1 or pyproject.toml forbids them.
# Needs uv; one that is not on PATH is installed into build/.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv) || {
    uv=build/uv/bin/uv
    [ -x $uv ] || { "$(sh tools/python.sh)" -m venv build/uv && build/uv/bin/python -m pip install --quiet uv; }
}

# setuptools is named because the project itself is installed without build isolation, so offline.
compile() {
    echo 'setuptools>=80' | "$uv" pip compile pyproject.toml - --quiet --universal --python-version 3.13 \
        --generate-hashes --no-emit-index-url --no-header --no-annotate ${UPGRADE:+--upgrade} "$@"
}

compile --output-file requirements.lock
compile --extra dev --constraint requirements.lock --output-file requirements-dev.lock
compile --extra cluster --constraint requirements.lock --output-file requirements-cluster.lock
