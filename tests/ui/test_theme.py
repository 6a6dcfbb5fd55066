"""Colours live in one file, and both themes can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from inspector.ui.icons import icon
from inspector.ui.theme import theme
from resources.palette import DARK, LIGHT, contrast

UI = Path(__file__).parents[2] / "inspector" / "ui"
TEXTS = ("text", "text2", "text3", "accent", "ok", "warn", "bad")
GROUNDS = ("window", "side", "surface", "hover", "tint", "well")


@pytest.fixture(autouse=True)
def _light_again():
    yield
    theme.apply("light")


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.name)
def test_no_colour_is_written_outside_the_palette(path):
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"""["']#[0-9A-Fa-f]{3,8}["']|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)\w+""", source) == []


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_ground(palette, text):
    assert min(contrast(palette.tokens[text], palette.tokens[ground]) for ground in GROUNDS) >= 4.5


def test_the_theme_changes_all_colours_at_once(qtbot):
    with qtbot.waitSignal(theme.changed):
        theme.apply("dark")
    assert theme.is_dark
    assert theme.colour("surface") == QColor(DARK.tokens["surface"])
    assert theme.class_colour(LIGHT.classes[2]) == QColor(DARK.classes[2])


def test_a_colour_of_the_users_own_stays(qapp):
    theme.apply("dark")
    assert theme.class_colour("#123456") == QColor("#123456")


def test_an_unknown_theme_is_refused(qapp):
    with pytest.raises(ValueError, match="sepia"):
        theme.apply("sepia")


@pytest.mark.parametrize("file", sorted((UI.parents[1] / "resources" / "icons").glob("*.svg")), ids=lambda f: f.stem)
def test_every_icon_can_be_drawn(qapp, file):
    picture = icon(file.stem, size_px=20).pixmap(20, 20).toImage()
    assert any(picture.pixelColor(x, y).alpha() > 0 for x in range(20) for y in range(20))
