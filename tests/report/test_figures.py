"""Figures show the numbers they were given; how they look is for eyes."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.report.figures import confusion_figure, curves_figure, f1_figure, map_figure, reliability_figure
from inspector.report.pictures import reconstruction_figure, samples_figure
from inspector.report.render import save_png, to_svg
from models.evaluation.calibration import reliability


def _texts(figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_confusion_figure_writes_every_count(evaluation):
    texts = _texts(confusion_figure(evaluation))
    assert texts == [str(count) if count else "·" for count in evaluation.confusion.ravel()]


def test_f1_figure_leaves_out_classes_without_images(evaluation):
    texts = _texts(f1_figure(evaluation))
    assert texts == [f"{s.f1:.2f}  n = {s.support}" for s in evaluation.per_class if s.support]


def test_reliability_figure_draws_a_point_a_bin():
    diagram = reliability(np.linspace(0.5, 1, 40), np.arange(40) % 4 > 0, bins=4)
    points = reliability_figure(diagram).axes[0].lines[-1]
    np.testing.assert_allclose(points.get_ydata(), diagram.accuracy)
    np.testing.assert_allclose(points.get_xdata(), diagram.confidence)


def test_map_names_the_classes_that_occur_and_no_other(evaluation):
    labels = np.array([0, 2, -1, 2])
    figure = map_figure(np.random.default_rng(0).normal(size=(4, 2)), labels, classes=evaluation.classes)
    names = [text.get_text().strip() for text in figure.legends[0].get_texts()]
    assert names == [evaluation.classes[0], evaluation.classes[2]]


def test_map_of_many_images_stays_small_as_svg():
    points = np.random.default_rng(0).normal(size=(20_000, 2))
    svg = to_svg(map_figure(points, np.arange(20_000) % 3, classes=("a", "b", "c")))
    assert len(svg) < 1_000_000


@pytest.mark.parametrize("labels", [[3], [-2], [0, 1]])
def test_map_refuses_labels_that_do_not_fit(labels):
    with pytest.raises(ValueError, match="labels"):
        map_figure(np.zeros((1, 2)), np.array(labels), classes=("a", "b", "c"))


def test_curves_leave_out_epochs_that_were_not_measured():
    figure = curves_figure([1, 2, 3], {"Loss": [3.0, 2.0, 1.0], "kNN accuracy": [float("nan"), 0.5, float("nan")]})
    assert [len(axes.lines[0].get_xdata()) for axes in figure.axes] == [3, 1]


def test_curves_of_another_length_are_refused():
    with pytest.raises(ValueError, match="Loss"):
        curves_figure([1, 2], {"Loss": [1.0]})


@pytest.mark.parametrize("channels", [1, 3])
def test_reconstructions_keep_their_grey_values(channels):
    crops = np.full((2, 8, 8, channels), 100, dtype=np.uint8)
    figure = reconstruction_figure(crops, crops // 2, crops)
    shown = [axes.images[0].get_array() for axes in figure.axes]
    assert [int(image.max()) for image in shown] == [100, 100, 50, 50, 100, 100]
    assert {axes.images[0].get_clim() for axes in figure.axes} == {(0, 255)}


def test_samples_name_the_true_class_only_where_it_differs():
    images = [np.zeros((8, 8), dtype=np.uint8)] * 2
    figure = samples_figure(images, ["patches", "patches"], [0.912, 0.5], ["patches", "crazing"])
    assert [axes.get_xlabel() for axes in figure.axes] == ["patches 91 %", "patches 50 %\n✗ is crazing"]


def test_same_figure_gives_the_same_svg(evaluation):
    assert to_svg(f1_figure(evaluation)) == to_svg(f1_figure(evaluation))


def test_png_of_names_in_any_script_is_written_quietly(tmp_path):
    figure = samples_figure([np.zeros((8, 8), dtype=np.uint8)], ["鋼板 \udcff 𓀀"], [0.9])
    save_png(figure, tmp_path / "samples.png")
    assert (tmp_path / "samples.png").read_bytes().startswith(b"\x89PNG")
