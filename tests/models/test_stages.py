"""What a generator inside a generator returns, with and without being able to stop in between."""

from __future__ import annotations

from collections.abc import Generator

from models.stages import returned, ticking


def stage() -> Generator[str, None, int]:
    yield "one"
    yield "two"
    return 3


def test_a_stage_gives_back_what_it_returns():
    assert returned(stage()) == 3


def test_each_event_of_a_stage_is_a_tick():
    ends = []

    def whole() -> Generator[str, None, None]:
        ends.append((yield from ticking(stage(), "tick")))

    assert list(whole()) == ["tick", "tick"]
    assert ends == [3]
