"""The facet list: chosen by mouse and keys, counts change without folding anything."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from inspector.ui.pages.images.facet_list import FacetList
from inspector.ui.pages.images.facets import facet_sections
from inspector.ui.pages.images.folder_tree import folder_tree

FOLDERS = folder_tree({"/mill/day1": 3, "/mill/day2": 4})


def sections(labelled=0):
    return facet_sections(
        images=7, labelled=labelled, duplicates=0, unreadable=0, folders=FOLDERS, classes={"Rust": labelled}
    )


@pytest.fixture
def facets(qtbot, session):
    made = FacetList(session)
    qtbot.addWidget(made)
    made.resize(184, 500)
    made.set_sections(sections())
    made.set_chosen({"show": "all"})
    made.show()
    return made


def test_space_chooses(qtbot, facets):
    facets.setCurrentItem(facets.row_of("folder", "/mill/day1"))
    with qtbot.waitSignal(facets.chosen) as blocker:
        qtbot.keyClick(facets, Qt.Key.Key_Space)
    assert blocker.args == ["folder", "/mill/day1"]


def test_a_chosen_row_is_let_go(qtbot, facets):
    facets.set_chosen({"show": "all", "class": "Rust"})
    facets.setCurrentItem(facets.row_of("class", "Rust"))
    with qtbot.waitSignal(facets.chosen) as blocker:
        qtbot.keyClick(facets, Qt.Key.Key_Return)
    assert blocker.args == ["class", ""]


def test_something_is_always_shown(qtbot, facets):
    facets.setCurrentItem(facets.row_of("show", "all"))
    with qtbot.waitSignal(facets.chosen) as blocker:
        qtbot.keyClick(facets, Qt.Key.Key_Return)
    assert blocker.args == ["show", "all"]


def test_headings_choose_nothing(qtbot, facets):
    rect = facets.visualItemRect(facets.topLevelItem(0))
    with qtbot.assertNotEmitted(facets.chosen):
        qtbot.mouseClick(facets.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_new_counts_leave_the_tree_as_it_was(facets):
    facets.row_of("folder", "/mill").setExpanded(False)
    facets.set_sections(sections(labelled=2))
    assert not facets.row_of("folder", "/mill").isExpanded()
    spoken = facets.row_of("class", "Rust").data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Rust, 2"


def test_an_unknown_row_is_refused(facets):
    with pytest.raises(KeyError):
        facets.row_of("class", "Nothing")
