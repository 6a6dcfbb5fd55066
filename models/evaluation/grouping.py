"""Groups of images that belong together, as one number an image: equal numbers, one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence


class Groups:
    """Items 0 to n - 1 that can be united, by disjoint-set forests with path halving (Tarjan and van Leeuwen 1984)."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def unite(self, first: int, second: int) -> None:
        """Put the groups of two items together; the smallest item names the group."""
        one, two = sorted((self.group(first), self.group(second)))
        self._parent[two] = one

    def unite_equal(self, keys: Sequence[Hashable | None]) -> None:
        """Put the groups of items with equal keys (n,) together; None belongs to nothing."""
        seen: dict[Hashable, int] = {}
        for item, key in enumerate(keys):
            if key is not None:
                self.unite(seen.setdefault(key, item), item)

    def group(self, item: int) -> int:
        """The smallest item of the group that an item belongs to."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def numbers(self) -> list[int]:
        """The group of each item (n,)."""
        return [self.group(item) for item in range(len(self._parent))]


def groups_of_pairs(n: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The group (n,) of each item where the pairs belong together."""
    groups = Groups(n)
    for first, second in pairs:
        groups.unite(first, second)
    return groups.numbers()


def members_by_group(groups: Mapping[int, int]) -> dict[int, list[int]]:
    """The members of every group of two or more, in rising order, by group."""
    sizes = Counter(groups.values())
    members: dict[int, list[int]] = {}
    for item in sorted(groups):
        if sizes[groups[item]] > 1:
            members.setdefault(groups[item], []).append(item)
    return members
