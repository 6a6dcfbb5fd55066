"""The colours and keys that classes are given, in the order in which they are given."""

from __future__ import annotations

# Told apart in twos of equal marker under every colour vision; from the thirteenth class on they repeat.
CLASS_COLOURS = (
    "#2C41B7",
    "#C7760D",
    "#1D7D64",
    "#86127B",
    "#726100",
    "#7E61D8",
    "#6F191E",
    "#4983B0",
    "#5E9965",
    "#744939",
    "#D84AA2",
    "#35393E",
)

# S, Z, N and L are left out: they are commands of the label page.
CLASS_HOTKEYS = "123456789QWERTYUIOPADFGHJKXCVBM"
