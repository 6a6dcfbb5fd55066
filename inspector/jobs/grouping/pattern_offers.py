r"""Patterns that a project's own paths suggest, for people who write no regular expressions.

A line's images are named by what varies: folders (a day, a coil), numbers after a word ('coil48213'), numbers by their
place in the name ('20240312_48213_0006.png'), and the image's own number at the end. Which of these there are is read
off a sample of the paths; what each would group is counted on all of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.jobs.grouping.pattern_preview import PatternPreview, ProjectPaths, described_groups
from inspector.project.groups import compiled, images_by_key

SAMPLE = 2_000
MOST = 6
COMMON = 0.5  # the share of images that a pattern must match to be worth offering
PADDED_DIGITS = 3
ORDINALS = ("first", "second", "third", "fourth")
UPWARDS = ("", ", one level up", ", two levels up")
# After these words stands the number of the image itself, as it does where no word is before the last number.
IMAGE_WORDS = frozenset({"bild", "capture", "crop", "frame", "image", "img", "photo", "pic", "picture", "shot", "tile"})

_NUMBER = re.compile(r"(?P<word>[^\W\d_]*)(?P<gap>[-_ .#=]?)(?P<digits>\d+)")
_NO_LETTER_BEFORE = r"(?<![^\W\d_])"
_BEFORE_LAST_NUMBER = r"[^/]*[^/\d])\d+[^/\d]*\.[^/.]+$"  # the rest of an open group: a name up to its last number


@dataclass(frozen=True)
class Offer:
    """A pattern in words, and what it makes of the paths."""

    title: str
    pattern: str
    preview: PatternPreview


@dataclass(frozen=True)
class _Number:
    """A number in a name, the word before it ('' if there is none), and what stands between the two."""

    word: str
    gap: str
    digits: str

    @classmethod
    def all_of(cls, name: str) -> list[_Number]:
        return [cls(found["word"], found["gap"], found["digits"]) for found in _NUMBER.finditer(name)]

    @property
    def is_padded(self) -> bool:
        """As counters are: '_0017'; not 'cam01', not 'coil0017'."""
        return bool(self.gap) and self.digits.startswith("0") and len(self.digits) >= PADDED_DIGITS


def offers(paths: ProjectPaths) -> list[Offer]:
    """The patterns worth offering, the plainest first.

    Each makes at least two groups, one of them of several images, of at least half of the images; no two make the
    same groups.
    """
    made: list[Offer] = []
    known: set[Hashable] = set()
    for title, pattern in _candidates([Path(path) for path in _sample(paths)]):
        groups = images_by_key(paths.files, compiled(pattern))
        grouped = sum(map(len, groups.values()))
        partition = frozenset(map(tuple, groups.values()))
        if 2 <= len(groups) < grouped and grouped >= COMMON * len(paths.files) and partition not in known:
            known.add(partition)
            made.append(Offer(title, pattern, described_groups(paths, pattern, groups)))
        if len(made) == MOST:
            break
    return made


def _sample(paths: ProjectPaths) -> list[str]:
    """Paths below their imported folders, evenly spread over the images."""
    files = list(paths.files.values())
    step = max(1, len(files) // SAMPLE)
    return [_below(found[0], paths.folders) for found in files[::step]]


def _below(path: Path, folders: Sequence[Path]) -> str:
    return next((path.relative_to(folder).as_posix() for folder in folders if path.is_relative_to(folder)), path.name)


def _candidates(sample: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """(title, pattern), the plainest first."""
    deep = [depth for depth in range(len(UPWARDS)) if _is_common(sum(len(p.parts) > depth + 1 for p in sample), sample)]
    for level in deep or [0]:  # images that lie in imported folders themselves are told apart by these
        yield f"Images of one folder{UPWARDS[level]}", rf"^(.*){'/[^/]*' * (level + 1)}$"
    yield "Folders of one name", r"([^/]+)/[^/]*$"
    in_names = _numbers_of_names(sample)
    in_folders = [[number for part in path.parts[:-1] for number in _Number.all_of(part)] for path in sample]
    yield from _after_words([above + own for above, own in zip(in_folders, in_names, strict=True)])
    yield from _by_place(in_names)
    yield "Same text before the image's number", rf"/({_BEFORE_LAST_NUMBER}"
    yield "Same folder, and same text before the image's number", rf"^(.*/{_BEFORE_LAST_NUMBER}"


def _numbers_of_names(sample: Sequence[Path]) -> list[list[_Number]]:
    """The numbers of each file name but the image's own.

    That is the last one, where no word stands before it ('_0417'), or one of the usual words ('img7'), or one whose
    numbers are padded ('top_0417'); 'cam1' is none.
    """
    found = [_Number.all_of(path.stem) for path in sample]
    padded = {numbers[-1].word.casefold() for numbers in found if numbers and numbers[-1].is_padded}
    own = IMAGE_WORDS | padded | {""}
    return [numbers[:-1] if numbers and numbers[-1].word.casefold() in own else numbers for numbers in found]


def _after_words(found: Sequence[list[_Number]]) -> Iterator[tuple[str, str]]:
    """Numbers that the same word stands before in most paths, in the order of the paths."""
    images: Counter[str] = Counter()
    spelled: dict[str, set[str]] = defaultdict(set)
    gaps: dict[str, set[str]] = defaultdict(set)
    for numbers in found:
        named = [(number.word.casefold(), number) for number in numbers if number.word]
        images.update({word for word, _ in named})
        for word, number in named:
            spelled[word].add(number.word)
            gaps[word].add(number.gap)
    for word in spelled:
        if _is_common(images[word], found):
            yield f"Same number after '{min(spelled[word])}'", _after(word, spelled[word], gaps[word], spelled)


def _after(word: str, spelled: set[str], gaps: set[str], words: Iterable[str]) -> str:
    r"""'coil(\d+)', with as much more as these paths need."""
    text = re.escape(min(spelled)) if len(spelled) == 1 else f"(?i:{re.escape(word)})"
    ends_another = any(other != word and other.endswith(word) for other in words)
    gap = re.escape(next(iter(gaps))) if len(gaps) == 1 else "[-_ .#=]?"
    return rf"{_NO_LETTER_BEFORE if ends_another else ''}{text}{gap}(\d+)"


def _by_place(found: Sequence[list[_Number]]) -> Iterator[tuple[str, str]]:
    """The first, second, ... number of the file name where no word stands before it."""
    images = Counter(place for numbers in found for place, number in enumerate(numbers) if not number.word)
    for place, ordinal in enumerate(ORDINALS):
        if _is_common(images[place], found):
            before = rf"(?:\d+[^/\d]+){{{place}}}" if place else ""
            yield f"Same {ordinal} number in the file name", rf"/[^/\d]*{before}(\d+)[^/]*$"


def _is_common(count: int, sample: Sequence[object]) -> bool:
    return 0 < COMMON * len(sample) <= count
