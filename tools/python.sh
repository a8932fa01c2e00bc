# file: tools/python.sh
# Print the path of a Python 3.13 that really runs. Candidates are judged by running them: a name proves nothing, since
# a pyenv shim called python3.13 exists on machines where no 3.13 is selected, and fails.

wanted=3.13

# Prints the base interpreter of "$1" when it is CPython $wanted with venv, pip's installer and the GIL; else nothing.
judge() {
    "$1" -I -c '
import sys, sysconfig
import ensurepip, venv
right = sys.implementation.name == "cpython" and "%d.%d" % sys.version_info[:2] == "'"$wanted"'"
if right and not sysconfig.get_config_var("Py_GIL_DISABLED"):
    print(getattr(sys, "_base_executable", "") or sys.executable)
' 2>/dev/null </dev/null
}

candidates() {
    [ -z "${PYTHON:-}" ] || echo "$PYTHON"
    for name in "python$wanted" python3 python; do
        command -v "$name"
    done
    command -v uv >/dev/null && uv python find --no-python-downloads "$wanted" 2>/dev/null
    # pyenv, wherever it is: named, in this or the account's home, or the owner of a shim on PATH.
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv" "$(eval echo "~$(id -un)")/.pyenv" \
        "$(command -v pyenv | sed 's|/[^/]*/pyenv$||')" "$(command -v python3 | sed -n 's|/shims/python3$||p')"; do
        for found in "$root"/versions/"$wanted"*/bin/python "$root"/versions/*/bin/python; do
            echo "$found"
        done
    done
    for found in /usr/local/bin/"python$wanted" /usr/bin/"python$wanted" /opt/*/bin/"python$wanted" \
        /opt/*/bin/python3 /opt/*/*/bin/"python$wanted"; do
        echo "$found"
    done
}

found=$(candidates | while read -r candidate; do
    [ -x "$candidate" ] || continue
    answer=$(judge "$candidate") && [ -x "$answer" ] && { echo "$answer"; break; }
done)
if [ -n "$found" ]; then
    echo "$found"
    exit 0
fi

cat >&2 <<END
make env: no usable Python $wanted was found; tradingbot needs CPython $wanted with its venv and ensurepip modules.
Install one of these, then run the same command again:
  pyenv     pyenv install $wanted           (builds it; on Debian needs the packages pyenv's wiki names)
  uv        uv python install $wanted       (downloads a build; no root needed)
  source    the release from python.org, ./configure --enable-optimizations && make altinstall
  packages  Debian 13, Ubuntu 25.04 or newer: apt install python$wanted python$wanted-venv
            (Debian 12 has only 3.11; Fedora: dnf install python$wanted; macOS: brew install python@$wanted)
One that is installed elsewhere is named so: PYTHON=/path/to/python$wanted make env
END
exit 2
