"""What the use of a name does to the regions of objects: changes, files, seeds and draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trackbook.capture.program import calls, torches
from trackbook.capture.program.bindings import Bindings
from trackbook.capture.program.dormant import never_calls
from trackbook.capture.program.effects import LIB, MODULE, RANDOM, SCALAR, TORCH, UNBOUND, UNKNOWN
from trackbook.capture.program.functions import MARK
from trackbook.capture.program.steps import CALLED, FRAME, INTEGER, ITEM, SEEDED, Act, Use, Value
from trackbook.capture.program.torches import LOADER
from trackbook.capture.program.vocabulary import DRAWN, DRAWN_AS
from trackbook.capture.program.world import union

MADE = "made"
"""In the place of a kind: a well-behaved class is called."""


class Uses(Bindings):
    """The uses of one execution, taken through the world."""

    def use(self, use: Use, around: frozenset[str], *, certain: bool) -> tuple[int, int]:
        """The regions that a use changes, and those of them that hold the arguments from then on."""
        world = self.world
        results = self.frame.results
        if results:
            use = _of_results(use, results)
        kind = self.kind_in_use(use.root) if use.root else self.kind_made(use)
        called = any(map(self.runs_code, use.args))
        if called and never_calls(use, kind, calls.called_by(use, kind)):
            called = not world.code_of(union(world.reach.get(name, 0) for name in use.args)).dormant
        if use.act is Act.CALL and not use.path and world.made_by_class(use.root):
            kind = MADE
        elif (
            kind == UNKNOWN and use.act is Act.CALL and (use.local or not use.root) and self.tensors_alone(use, around)
        ):
            kind = torches.ANY
        if world.facts.get(use.seed_name) == INTEGER or world.facts.get(use.root) == SEEDED:
            use = replace(use, seeded=True)
        fact = world.facts.get(use.root)
        if (use.act is Act.STORE and fact != FRAME) or use.path[-1:] == ("set_params",):
            world.facts.pop(use.root, None)
        if kind == LIB and fact == FRAME and not use.local and not called and (at := _drawn_at(use)):
            if use.path[at:]:  # a method of what was drawn: it may write a file
                effect = calls.effect_of(use, kind, calls_back=False)
                self.files(effect.reads, effect.writes)
            return self.drawn_on(use), 0
        effect = calls.effect_of(use, kind, calls_back=called)
        root = around if use.local else frozenset({use.root}) if use.root else use.args
        changed = 0
        if effect.changes:
            masks = {"own": world.own, "shell": world.shell}.get(effect.changes.removeprefix("all "), world.reach)
            whose = around | root if effect.changes.startswith("all ") else root
            changed = union(masks.get(name, 0) for name in whose if self.world.changes(name) or name == use.root)
            if effect.changes.endswith("trained"):
                changed &= world.trainable
        if effect.arguments:
            every = effect.arguments in {"changed", "trained"}
            given = around if use.local_args and every else use.args
            named = [
                one for one in given if self.world.changes(one) and (every or world.kind(one) in {UNKNOWN, RANDOM})
            ]
            given_changed = union(world.reach.get(name, 0) for name in named)
            if effect.arguments == "trained":
                given_changed &= world.trainable
            changed |= given_changed
        if effect.trains or effect.changes.endswith("deep") or effect.arguments == "changed":
            world.trained |= changed
        if changed and use.act is Act.CALL and (effect.arguments == "changed" or kind == UNKNOWN):
            text = _text_of(use)
            self.known.unknown[text] = self.known.unknown.get(text, 0) | changed
        if effect.session:
            world.always |= self.me
        self.draw(effect.draws)
        if kind in {UNBOUND, LIB} or kind.startswith(MODULE):
            self.draw(frozenset({TORCH} if any(world.kind(one) == LOADER for one in use.args) else ()))
        if effect.seeds:
            self.seed(effect.seeds, certain=certain and self.frame.certain)
        self.files(effect.reads, effect.writes)
        self.frame.links |= (
            bool(changed)
            and bool(effect.holds or "trained" not in effect.changes)
            and not self.leads_nowhere(use.value)
        )
        return changed, changed if effect.holds == "own" else 0

    def drawn_on(self, use: Use) -> int:
        """Of `df.plot(ax=ax)`: the axes are changed, and the frame is not."""
        world = self.world
        others = [one for one in use.args if world.changes(one) and world.facts.get(one) != FRAME]
        return union(world.own.get(name, 0) for name in others)

    def kind_in_use(self, name: str) -> str:
        """The kind that tells what uses of an object do: one of PyTorch's that runs other code is unknown."""
        kind = self.world.kind(name)
        return UNKNOWN if kind in torches.KINDS and not self.world.is_tame(name) else kind

    def kind_made(self, use: Use) -> str:
        """The kind of what no name stands for."""
        kind = self.kind_of_value(use.of)
        return kind if kind in torches.KINDS and not any(map(self.runs_code, use.args)) else UNKNOWN

    def tensors_alone(self, use: Use, around: frozenset[str]) -> bool:
        """Whether a name of a comprehension can stand for no more than a tensor or module, as all around it do."""
        method = use.path[-1] if use.path else ""
        return torches.is_method(method) and all(
            self.world.is_tame(name)
            and (kind in torches.KINDS or kind in {SCALAR, UNBOUND} or torches.is_library(kind))
            for name, kind in ((one, self.world.kind(one)) for one in around)
        )

    def runs_code(self, name: str) -> bool:
        """Whether a function that is given this object may run code of the notebook that may do anything."""
        return not self.world.is_tame(name)

    def leads_nowhere(self, value: Value) -> bool:
        made = self.frame.results.get(value.root) if value.path == (CALLED,) else None
        if made is not None and not self.world.reach.get(made, 0) & union(self.met.values()):
            return True  # what the function returned shares nothing with what it was given
        kind = self.kind_of_value(value)
        root = self.world.kind(self.frame.results.get(value.root, value.root))
        return kind == SCALAR or (kind == LIB and calls.gives("number", root, value.path))


def _drawn_at(use: Use) -> int:
    """How many parts of a path from a frame draw it: `df.plot`, `df.a.plot.bar`; 0 where none does.

    A column may have the name, too: nothing but a call tells that the frame is drawn.
    """
    path = use.path
    for at, part in enumerate(path, 1):
        if part in DRAWN:
            end = at + (part == "plot" and not DRAWN_AS.isdisjoint(path[at : at + 1]))
            called = path[end] == CALLED if path[end:] else use.act is Act.CALL
            return end if called else 0
    return 0


def _text_of(use: Use) -> str:
    """What is called, as one would write it: `model.fit`."""
    parts = "".join(part if part in {CALLED, ITEM} else f".{part}" for part in use.path)
    return f"{use.root.partition(MARK)[0]}{parts}".lstrip(".").removeprefix("()") or "a call"


def _of_results(use: Use, results: Mapping[str, str]) -> Use:
    """The use with what functions returned in the place of the functions."""
    args = frozenset(results.get(name, name) for name in use.args)
    if use.root in results and not use.local and use.path[:1] == (CALLED,):
        return replace(use, root=results[use.root], path=use.path[1:], args=args)
    return use if args == use.args else replace(use, args=args)
