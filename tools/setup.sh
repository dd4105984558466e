#!/bin/sh
# Makes .venv ready for one purpose: sh tools/setup.sh demo|test|check
# and .venv-oldest, with the oldest packages that pyproject.toml promises: sh tools/setup.sh oldest
# Called by the Makefile, which reruns it only when pyproject.toml or this file has changed.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:?usage: sh tools/setup.sh demo|test|check|oldest}
venv=.venv
[ "$purpose" != oldest ] || venv=.venv-oldest
torch_version=2.13.0
torch_index=https://download.pytorch.org/whl/cpu

# A candidate counts when it runs (version-manager shims can exist and fail), is in range and can
# build environments (some systems package ensurepip apart).
suits() {
    "$@" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.11 python3.12 python3.13; do
        if [ -n "$candidate" ] && suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    cat >&2 <<MESSAGE
labelfeed: no suitable Python found.
  Expected: Python 3.11, 3.12 or 3.13, with the venv and ensurepip modules.
  Tried:    ${PYTHON:-} python3 python3.11 python3.12 python3.13
  To mend:  install one (on Debian and Ubuntu also python3-venv) or name it:
            make $purpose PYTHON=/path/to/python3.12
MESSAGE
    return 1
}

pip_install() {
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input "$@"
}

# The plain Linux wheel of PyTorch brings gigabytes of CUDA packages: only the CPU build will do.
install_torch() {
    if [ "$(uname -s)" != Linux ]; then
        pip_install "torch==$torch_version"
        return
    fi
    pip_install "torch==$torch_version+cpu" 2>/dev/null && return
    pip_install --index-url "$torch_index" "torch==$torch_version+cpu" && return
    echo "labelfeed: torch==$torch_version+cpu is neither in pip's own sources nor at" >&2
    echo "  $torch_index. Without network, put its wheel in a folder and set PIP_FIND_LINKS." >&2
    return 1
}

refuse_cuda() {
    cuda=$("$venv/bin/python" -m pip list --disable-pip-version-check 2>/dev/null |
        grep -iE '^(nvidia-|cuda-|triton )' || true)
    if [ -n "$cuda" ]; then
        echo "labelfeed: expected CPU packages only, but CUDA packages came along:" >&2
        echo "$cuda" >&2
        return 1
    fi
}

# Lines such as "numpy==1.26.*" for all that labelfeed, its backend JAX and pytest ask for.
oldest_versions() {
    "$venv/bin/python" - <<'PYTHON'
import re, tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
extras = project["optional-dependencies"]
for line in project["dependencies"] + extras["jax"] + extras["dev"]:
    if found := re.match(r"([\w-]+)>=([\d.]+)", line):
        print(f"{found[1]}=={found[2]}.*")
PYTHON
}

# Wheels only: a compiler would take minutes. Where a Python is too new for the oldest of the
# others (NumPy 1.26 has no wheels for 3.13), Keras alone is the oldest.
install_oldest() {
    versions=$venv/oldest-versions.txt
    oldest_versions >"$versions"
    pip_install --only-binary :all: -c "$versions" --editable ".[jax]" pytest && return
    echo "labelfeed: not all of the oldest packages fit this Python: Keras alone is the oldest"
    grep '^keras=' "$versions" >"$venv/oldest-keras.txt"
    pip_install --only-binary :all: -c "$venv/oldest-keras.txt" --editable ".[jax]" pytest
}

# tensorflow-cpu has wheels for x86-64; elsewhere plain tensorflow is the CPU build.
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) tensorflow=tensorflow-cpu ;;
    *) tensorflow=tensorflow ;;
esac

case "$purpose" in
    demo) extras="$tensorflow" ;;
    test) extras="$tensorflow,jax,onnx,litert,serve,dev,peers" ;;
    check) extras="dev,docs" ;;
    oldest) extras="jax" ;;
    *)
        echo "labelfeed: unknown purpose '$purpose': expected demo, test, check or oldest" >&2
        exit 2
        ;;
esac

if ! suits "$venv/bin/python"; then
    python=$(find_python)
    "$python" -m venv --clear "$venv"
fi

with=$extras
[ "$purpose" != test ] || with="torch,$extras"
version=$("$venv/bin/python" -c 'import platform; print(platform.python_version())')
echo "labelfeed: setting up $venv for '$purpose' (Python $version): labelfeed[$with]; takes minutes"

# PyTorch first: whatever may depend on it later then finds the CPU build in place.
if [ "$purpose" = test ]; then
    install_torch
fi
if [ "$purpose" = oldest ]; then
    install_oldest
else
    pip_install --editable ".[$extras]"
fi
if [ "$(uname -s)" = Linux ] && { [ "$purpose" = test ] || [ "$purpose" = oldest ]; }; then
    refuse_cuda
fi
touch "$venv/.ready-$purpose"
