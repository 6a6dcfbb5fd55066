"""Names, colours and keys of classes."""

from __future__ import annotations

import pytest

from inspector.project import classes
from models.errors import KnownError
from resources import palette


def test_classes_get_colours_and_keys_in_order(project):
    for index in range(13):
        project.add_class(f"class {index}")
    made = project.classes()
    assert [record.colour for record in made[:12]] == list(palette.LIGHT.classes)
    assert made[12].colour == palette.LIGHT.classes[0]
    assert "".join(record.hotkey for record in made) == "123456789QWER"


def test_names_are_stripped_and_equal_ignoring_case(project):
    assert project.add_class("  Rolled-in scale ").classes
    assert not project.add_class("rolled-IN scale").classes
    assert [record.name for record in project.classes()] == ["Rolled-in scale"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "a\0b", "a\udc80"])
def test_refuses_names_that_cannot_be_shown(project, name):
    with pytest.raises(KnownError, match="class name"):
        project.add_class(name)
    assert project.classes() == []


def test_labels_follow_a_renamed_class(imported):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    assert imported.rename_class("crazing", new_name="Cracks").classes
    assert imported.labels() == {1: "Cracks"}
    assert imported.rename_class("Cracks", new_name="cracks").classes


def test_renaming_refuses_a_taken_and_an_unknown_name(project):
    project.add_class("a")
    project.add_class("b")
    with pytest.raises(KnownError, match="already"):
        project.rename_class("a", new_name="B")
    with pytest.raises(KnownError, match="no class"):
        project.rename_class("c", new_name="d")


def test_colour_and_key_can_be_changed(project):
    project.add_class("a")
    project.set_class_colour("a", colour="#aabbcc")
    project.set_class_hotkey("a", hotkey="q")
    assert (project.classes()[0].colour, project.classes()[0].hotkey) == ("#AABBCC", "Q")
    project.set_class_hotkey("a", hotkey=None)
    assert project.classes()[0].hotkey is None
    with pytest.raises(ValueError, match="#RRGGBB"):
        project.set_class_colour("a", colour="red")


@pytest.mark.parametrize("hotkey", ["1", "S", "H", "12", ""])
def test_refuses_keys_that_are_taken_or_commands(project, hotkey):
    project.add_class("a")
    project.add_class("b")
    with pytest.raises(KnownError, match="key"):
        project.set_class_hotkey("b", hotkey=hotkey)


def test_more_classes_than_keys(project):
    for index in range(len(classes.CLASS_HOTKEYS) + 1):
        project.add_class(f"class {index}")
    assert project.classes()[-1].hotkey is None
