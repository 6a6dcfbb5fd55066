"""Every command of the window: its name, its key and its place in the menus, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from inspector.ui.page_names import PAGES, TITLES


@dataclass(frozen=True)
class Command:
    """`needs_project`: it can be used while a project is open alone."""

    key: str
    text: str
    menu: str
    shortcut: str = ""
    needs_project: bool = True
    starts_group: bool = False


COMMANDS = (
    Command("new", "New project…", "File", "Ctrl+N", needs_project=False),
    Command("open", "Open project…", "File", "Ctrl+O", needs_project=False),
    Command("samples", "Try the samples", "File", needs_project=False),
    Command("add_folders", "Add folders…", "File", "Ctrl+Shift+A", starts_group=True),
    Command("rescan", "Rescan folders", "File", "F5"),
    Command("close_project", "Close project", "File", "Ctrl+W", starts_group=True),
    Command("settings", "Settings…", "File", "Ctrl+,", needs_project=False),
    Command("quit", "Quit", "File", "Ctrl+Q", needs_project=False),
    Command("undo", "Undo", "Edit", "Ctrl+Z"),
    Command("redo", "Redo", "Edit", "Ctrl+Y"),
    *(
        Command(page, TITLES[page], "View", f"Ctrl+{number}", starts_group=number == 1)
        for number, page in enumerate(PAGES, start=1)
    ),
    Command("side_bar", "Side bar names", "View", "Ctrl+B", starts_group=True),
    Command("panel", "Panel at the right", "View", "Ctrl+I"),
    Command("heat", "Heat map over the image", "View", "H"),
    Command("full_screen", "Full screen", "View", "F11", needs_project=False),
    Command("pause", "Pause or resume the job", "Run", "Ctrl+P"),
    Command("stop", "Stop the job", "Run", "Ctrl+."),
    Command("groups", "Find near-duplicates", "Run", starts_group=True),
    Command("group_images", "Group images by path…", "Run"),
    Command("prepare", "Prepare suggestions and map again", "Run"),
    Command("shortcuts", "Shortcuts", "Help", "?", needs_project=False),
    Command("log", "Log", "Help", "Ctrl+L", needs_project=False),
    Command("about", "About Inspector", "Help", "F1", needs_project=False),
)
MENUS = ("File", "Edit", "View", "Run", "Help")


def build_menus(window: QMainWindow, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Fill the menu bar; returns every command's action by its key. Each command has a handler."""
    menus = {name: QMenu(name, window) for name in MENUS}
    actions: dict[str, QAction] = {}
    for command in COMMANDS:
        menu = menus[command.menu]
        if command.starts_group and not menu.isEmpty():
            menu.addSeparator()
        made = QAction(command.text, window)
        if command.shortcut:
            made.setShortcut(QKeySequence(command.shortcut))
        handler = handlers[command.key]
        made.triggered.connect(lambda _checked=False, handler=handler: handler())
        menu.addAction(made)
        actions[command.key] = made
    for menu in menus.values():
        window.menuBar().addMenu(menu)
    return actions


def enable_commands(actions: Mapping[str, QAction], *, has_project: bool) -> None:
    """Commands that need a project can be used with one alone."""
    for command in COMMANDS:
        if command.needs_project:
            actions[command.key].setEnabled(has_project)
            actions[command.key].setToolTip("" if has_project else "Open a project first")
