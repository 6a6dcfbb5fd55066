"""The one theme of the application: which palette holds now, as Qt colours, and the widgets' look made from it."""

from __future__ import annotations

from functools import cache
from importlib import resources as packaged
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from inspector.places import cache_folder
from resources import palette

CHOICES = ("light", "dark", "system")
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "hover",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.Highlight: "tint",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.ToolTipBase: "tip",
    QPalette.ColorRole.ToolTipText: "on-tip",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "control",
    QPalette.ColorRole.Shadow: "border",
}
_TEXT_ROLES = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class ThemeState(QObject):
    """Light or dark, as chosen or as the system says; `changed` when every colour must be read again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._palette = palette.LIGHT
        self._follows_system = False

    @property
    def is_dark(self) -> bool:
        """Whether the dark palette holds."""
        return self._palette is palette.DARK

    @property
    def steel(self) -> tuple[str, ...]:
        """Seven steps from few to all right answers, or from low to high."""
        return self._palette.steel

    @property
    def ember(self) -> tuple[str, ...]:
        """Seven steps from few to many errors."""
        return self._palette.ember

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """The colour of a token of resources.palette, with an opacity 0..1."""
        colour = QColor(self._palette.tokens[token])
        colour.setAlphaF(alpha)
        return colour

    def class_colour(self, stored: str) -> QColor:
        """A class's stored colour; one of the palette's becomes its counterpart of this theme."""
        if stored in palette.LIGHT.classes:
            return QColor(self._palette.classes[palette.LIGHT.classes.index(stored)])
        return QColor(stored)

    def readable_on(self, colour: QColor) -> QColor:
        """White or near-black, whichever contrasts more."""
        return QColor(palette.readable_on(colour.name()))

    def apply(self, choice: str) -> None:
        """Choose 'light', 'dark' or 'system' for the whole application; ValueError for anything else."""
        if choice not in CHOICES:
            raise ValueError(f"theme must be one of {', '.join(CHOICES)}, not {choice!r}")
        hints = _application().styleHints()
        hints.setColorScheme(_SCHEMES[choice])
        if not self._follows_system:
            hints.colorSchemeChanged.connect(self._on_scheme_changed)
            self._follows_system = True
        is_dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        self._take(palette.DARK if is_dark else palette.LIGHT)

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        wanted = palette.DARK if scheme == Qt.ColorScheme.Dark else palette.LIGHT
        if wanted is not self._palette:
            self._take(wanted)

    def _take(self, chosen: palette.Theme) -> None:
        self._palette = chosen
        application = _application()
        application.setPalette(_qt_palette(chosen.tokens))
        application.setStyleSheet(_style_sheet(chosen.tokens))
        self.changed.emit()


theme = ThemeState()


def prepare_application(application: QApplication) -> None:
    """Style and font, once, before the first widget is made."""
    application.setStyle("Fusion")
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    application.setFont(font)


def font(size_px: int = 13, *, semibold: bool = False) -> QFont:
    """The application's font at a size of LOOK's scale (11, 12, 13, 17, 20), regular or semibold."""
    made = QFont(_application().font())
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    return made


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


def _qt_palette(tokens: dict[str, str]) -> QPalette:
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, QColor(tokens[token]))
    for role in _TEXT_ROLES:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["disabled"]))
    return made


def _style_sheet(tokens: dict[str, str]) -> str:
    names = {token.replace("-", "_"): colour for token, colour in tokens.items()}
    icons = {
        "chevron": ("chevron-down", "text2"),
        "check": ("check", "on-accent"),
        "check_disabled": ("check", "disabled"),
    }
    files = {name: _coloured_file(icon, tokens[token]) for name, (icon, token) in icons.items()}
    return Template(_style_template()).substitute(names | files)


@cache
def _style_template() -> str:
    return packaged.files("resources").joinpath("style.qss").read_text(encoding="utf-8")


def _coloured_file(icon: str, colour: str) -> str:
    """Style sheets take images from files alone: an icon in a colour, in the user's cache folder."""
    source = packaged.files("resources").joinpath("icons", f"{icon}.svg").read_text(encoding="utf-8")
    file: Path = cache_folder() / f"{icon}-{colour.lstrip('#')}.svg"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.replace("currentColor", colour), encoding="utf-8")
    return file.as_posix()
