"""Centres spread over devices with `keras.distribution`: the same training as on one (JAX)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests._backends import ROOT


@pytest.mark.parametrize("share", [[], ["0.5"]])
def test_sharded_centres_train_as_whole_ones(share: list[str]) -> None:
    if keras.backend.backend() != "jax":
        pytest.skip("keras.distribution spreads weights on JAX only")
    env = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    env["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    command = [sys.executable, "-m", "tests.heads._sharded", *share]
    done = subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    whole, sharded = json.loads(done.stdout.splitlines()[-1])
    for key in ("loss", "centres", "scores"):
        np.testing.assert_allclose(sharded[key], whole[key], rtol=1e-4, atol=1e-5)
