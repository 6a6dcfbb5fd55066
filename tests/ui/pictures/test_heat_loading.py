"""A heat map made ready to be drawn."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.evaluation.heat_maps import HeatMap
from inspector.ui.pictures.heat_loading import HeatLayer, outlines_of
from inspector.ui.widgets.heat_overlay import MOST_OPAQUE, heat_colour


def layer(heat):
    return HeatLayer.of(HeatMap(heat.astype(np.float32), "where the image is unusual"))


def test_the_outline_runs_around_the_hottest_place():
    heat = np.full((40, 60), 0.2)
    heat[10:20, 30:50] = 0.9
    (line,) = layer(heat).outlines
    assert line.min(0) == pytest.approx([30.5, 10.5], abs=1)
    assert line.max(0) == pytest.approx([49.5, 19.5], abs=1)


def test_every_area_has_its_outline():
    mask = np.zeros((30, 30), bool)
    mask[2:8, 2:8] = mask[20:28, 20:28] = True
    assert len(outlines_of(mask)) == 2


def test_a_cool_map_is_empty_and_has_no_outline():
    made = layer(np.full((8, 8), 0.1))
    assert (made.is_empty, made.outlines) == (True, ())


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 500)])
def test_odd_shapes(shape):
    made = layer(np.ones(shape))
    assert made.values.shape == shape
    assert made.is_empty == (0 in shape)


def test_the_hotter_the_more_opaque(qapp):
    alphas = [heat_colour(heat).alphaF() for heat in (0.0, 0.15, 0.4, 0.7, 1.0)]
    assert alphas[:2] == [0.0, 0.0]
    assert alphas == sorted(alphas)
    assert alphas[-1] == pytest.approx(MOST_OPAQUE, abs=0.01)
