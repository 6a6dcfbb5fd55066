"""The application's colours, once: theme tokens, class colours, ramps. Plain data; knows no drawing library."""

from __future__ import annotations

from dataclasses import dataclass

ON_DARK, ON_LIGHT = "#FFFFFF", "#14181B"


@dataclass(frozen=True)
class Theme:
    """Colours as #RRGGBB. `steel` shades right answers, `ember` wrong ones, each from few (0) to all (6).

    From class 13 on the class colours repeat, with the next marker.
    """

    tokens: dict[str, str]
    classes: tuple[str, ...]
    steel: tuple[str, ...]
    ember: tuple[str, ...]

    def variables(self) -> dict[str, str]:
        """Every colour by the name of its CSS variable; those that carry text come with the `-text` colour."""
        named = {f"class-{i + 1}": colour for i, colour in enumerate(self.classes)}
        named |= {f"steel-{i}": colour for i, colour in enumerate(self.steel)}
        named |= {f"ember-{i}": colour for i, colour in enumerate(self.ember)}
        return self.tokens | named | {f"{name}-text": readable_on(colour) for name, colour in named.items()}


LIGHT = Theme(
    tokens={
        "window": "#F1F2F3",
        "side": "#E8EAEC",
        "surface": "#FFFFFF",
        "well": "#E4E4E4",
        "hover": "#E9ECEE",
        "pressed": "#DADFE3",
        "border": "#D5D9DC",
        "control": "#7A828A",
        "text": "#191D21",
        "text2": "#464E55",
        "text3": "#5E666E",
        "disabled": "#8B9299",
        "accent": "#0B63A8",
        "accent-hover": "#09548F",
        "accent-pressed": "#07467A",
        "on-accent": "#FFFFFF",
        "tint": "#DCEBF8",
        "ok": "#17713D",
        "ok-tint": "#E1F3E8",
        "warn": "#855600",
        "warn-tint": "#FBF0D5",
        "bad": "#B3261E",
        "bad-tint": "#FBE7E5",
        "grid": "#E7E9EB",
        "track": "#D9DDE0",
        "tip": "#24292D",
        "on-tip": "#F4F5F6",
        "heat-low": "#FFB067",
        "heat-high": "#E8500A",
        "heat-line": "#9C3200",
    },
    classes=(
        *("#2C41B7", "#C7760D", "#1D7D64", "#86127B", "#726100", "#7E61D8"),
        *("#6F191E", "#4983B0", "#5E9965", "#744939", "#D84AA2", "#35393E"),
    ),
    steel=("#F1F5F9", "#CFDFEE", "#9FC1DF", "#6A9DC9", "#3A77AD", "#16528A", "#0A3561"),
    ember=("#FDF4E6", "#FBDDB3", "#F6BD78", "#E8954A", "#CF6C27", "#A84812", "#7A2E08"),
)

DARK = Theme(
    tokens={
        "window": "#1B1D1F",
        "side": "#151718",
        "surface": "#222527",
        "well": "#111111",
        "hover": "#2C3033",
        "pressed": "#383D41",
        "border": "#363B3F",
        "control": "#828A92",
        "text": "#E8EAEC",
        "text2": "#B9C0C6",
        "text3": "#9CA4AB",
        "disabled": "#6E767D",
        "accent": "#62B2F2",
        "accent-hover": "#80C1F5",
        "accent-pressed": "#4AA2E6",
        "on-accent": "#0B1720",
        "tint": "#1D3B54",
        "ok": "#5FC78D",
        "ok-tint": "#183626",
        "warn": "#E6B450",
        "warn-tint": "#3B2F14",
        "bad": "#F49088",
        "bad-tint": "#47221F",
        "grid": "#2F3437",
        "track": "#3B4145",
        "tip": "#E8EAEC",
        "on-tip": "#1B1D1F",
        "heat-low": "#FFB067",
        "heat-high": "#FF6A1F",
        "heat-line": "#FFC08A",
    },
    classes=(
        *("#4466E5", "#EABB91", "#59A08E", "#AE45AC", "#BCA42D", "#AF9DFC"),
        *("#DC4F53", "#95D6FE", "#BEEBC1", "#CB8459", "#FC9BC1", "#747575"),
    ),
    steel=("#262C31", "#26394A", "#284C69", "#2F658E", "#4A8BBD", "#70A9D6", "#A9D2F3"),
    ember=("#2F2A24", "#4A341F", "#70461D", "#9A5C21", "#C67B36", "#E8A15E", "#FFCB94"),
)


def readable_on(colour: str) -> str:
    """White or near-black, whichever contrasts more with `colour` (#RRGGBB)."""
    return max((ON_DARK, ON_LIGHT), key=lambda text: contrast(text, colour))


def contrast(first: str, second: str) -> float:
    """Contrast of two colours (#RRGGBB) as WCAG 2 defines it, 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0..1."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
