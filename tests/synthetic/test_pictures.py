"""Pictures as numbers in [-1, 1]."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.synthetic.pictures import PictureCodec


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_pictures_between_black_and_white(dtype):
    white = {"uint8": 255, "uint16": 65535, "float32": 16}[dtype]
    pixels = (np.linspace(0, 1, 24).reshape(2, 3, 4, 1) * white).astype(dtype)
    codec = PictureCodec.fit(pixels)
    x = codec.encode(pixels)
    assert x.dtype == np.float32 and x.min() == -1 and x.max() == pytest.approx(1)
    assert codec.decode(x)[0, 0, 0, 0] == 0 and codec.decode(2 * x).max() == 255
    assert PictureCodec.from_json(codec.to_json()) == codec


def test_a_broken_description_is_refused():
    good = PictureCodec(4, 4, 1, 0.0, 1.0).to_json()["pictures"]
    for change in ({"channels": 2}, {"low": 1.0}, {"height": 0}, {"height": "a"}):
        with pytest.raises(ValueError, match=r"no pictures|height"):
            PictureCodec.from_json({"pictures": {**good, **change}})
    with pytest.raises(ValueError, match="'pictures'"):
        PictureCodec.from_json([])
