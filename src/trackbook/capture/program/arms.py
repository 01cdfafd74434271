"""Arms of `if`, loops, `try` and `with`: within one, what it binds hides what was before; behind it, either may stand.

What a name stands for at the end of each arm is joined when the statement is over.  Where an arm may be left midway (a
`break`, an exception that is caught) everything that stood there meanwhile is joined, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from trackbook.capture.program.effects import UNBOUND, UNKNOWN
from trackbook.capture.program.world import World


@dataclass(frozen=True, slots=True)
class _State:
    """What one name stands for, or since when a random generator is as it is."""

    regions: tuple[int, int, int] | None
    """Own, reach and shell; None where nothing is bound."""
    kind: str
    bound_by: int
    fact: str = ""


@dataclass(slots=True)
class _Fork:
    leaves: bool
    before: dict[str, _State] = field(default_factory=dict)
    """Of each name that some arm binds."""
    ends: list[dict[str, _State]] = field(default_factory=list)
    between: dict[str, list[_State]] = field(default_factory=dict)


class Arms:
    """Those that are open, the innermost last."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: list[_Fork] = []

    @property
    def depth(self) -> int:
        return len(self._open)

    def note(self, name: str) -> None:
        """To be called before a name is bound, deleted or seeded."""
        if not self._open:
            return
        state = self._state(name)
        for fork in self._open:
            fork.before.setdefault(name, state)
            if fork.leaves:
                fork.between.setdefault(name, []).append(state)

    def open(self, *, leaves: bool) -> None:
        """The first arm begins; `leaves` where one may be left midway, and the program goes on behind."""
        self._open.append(_Fork(leaves))

    def other(self) -> None:
        """One arm has ended, another one begins where that began."""
        fork = self._open[-1]
        fork.ends.append({name: self._state(name) for name in fork.before})
        for name, state in fork.before.items():
            self._set(name, state)

    def again(self) -> None:
        """The arm has ended; what follows runs behind it, or not at all."""
        fork = self._open[-1]
        fork.ends.append({name: self._state(name) for name in fork.before})

    def close(self, *, whole: bool, proven: Collection[str] = (), me: int = 0) -> None:
        """The last arm has ended; `whole` where one of them surely ran.

        `proven` names were surely bound by execution `me` until now; where it was not done before, it was in an arm.
        """
        fork = self._open.pop()
        fork.ends.append({name: self._state(name) for name in fork.before})
        for name, before in fork.before.items():
            states = [end.get(name, before) for end in fork.ends] + fork.between.get(name, [])
            if name in proven and not before.bound_by & me:
                states = [one for one in states if one.bound_by & me]
            elif not whole:
                states = [before, *states]
            self._set(name, _joined(states))

    def _state(self, name: str) -> _State:
        world = self._world
        bound = world.reach.get(name)
        regions = None if bound is None else (world.own[name], bound, world.shell[name])
        return _State(regions, world.kind(name), world.bound_by.get(name, 0), world.facts.get(name, ""))

    def _set(self, name: str, state: _State) -> None:
        world = self._world
        if state.regions is None:
            for table in (world.own, world.reach, world.shell, world.kinds):
                table.pop(name, None)
        else:
            world.own[name], world.reach[name], world.shell[name] = state.regions
            world.kinds[name] = state.kind
        world.set_fact(name, state.fact)
        if state.bound_by:
            world.bound_by[name] = state.bound_by
        else:
            world.bound_by.pop(name, None)


def _joined(states: Iterable[_State]) -> _State:
    regions: tuple[int, int, int] | None = None
    kind = UNBOUND
    bound_by = 0
    fact = ""
    for one in states:
        bound_by |= one.bound_by
        if one.regions is None:
            continue
        kind = one.kind if regions is None else either(kind, one.kind)
        fact = one.fact if regions is None or fact == one.fact else ""
        own, reach, shell = regions or (0, 0, 0)
        regions = own | one.regions[0], reach | one.regions[1], shell | one.regions[2]
    return _State(regions, kind, bound_by, fact)


def either(one: str, other: str) -> str:
    """The kind of what is of this kind or of that."""
    return one if one == other else UNKNOWN
