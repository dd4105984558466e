#!/bin/sh
# Would what is released work? Builds the wheel, installs it with TensorFlow in an environment that
# holds nothing else, away from the sources, and runs the demo from it: sh tools/release_check.sh PYTHON
set -eu
cd "$(dirname "$0")/.."
python=${1:?usage: sh tools/release_check.sh PYTHON}
python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python")

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m pip wheel -qq --disable-pip-version-check --no-deps --wheel-dir "$place" .
wheel=$(ls "$place"/labelfeed-*.whl)

version=$("$python" -c 'import labelfeed; print(labelfeed.__version__)')
case "$wheel" in
    */labelfeed-"$version"-*) ;;
    *) echo "labelfeed: expected a wheel of version $version, built $wheel" >&2; exit 1 ;;
esac
for told in "version = \"$version\":pyproject.toml" "version: $version:CITATION.cff"; do
    grep -q "^${told%:*}" "${told##*:}" || {
        echo "labelfeed: ${told##*:} names another version than labelfeed/__init__.py, $version" >&2
        exit 1
    }
done

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) tensorflow=tensorflow-cpu ;;
    *) tensorflow=tensorflow ;;
esac
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install -qq --disable-pip-version-check "$wheel[$tensorflow]"
cd "$place"
"$place/venv/bin/labelfeed" --version
"$place/venv/bin/labelfeed" demo --out "$place/demo"
test -s "$place/demo/report.html"
echo "labelfeed: the wheel of $version installs and runs its demo"
