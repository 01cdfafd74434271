"""Names for runs that were given none: an adjective, a creature and a number, as MLflow's users know them."""

from __future__ import annotations

import secrets

ADJECTIVES = """
agile amber bold brisk calm candid clever copper crisp daring deep eager early fair fast fine firm fresh
gentle glad golden grand happy hardy honest humble jolly keen kind light lively lucid lucky merry mild modest
neat nimble noble open patient placid plain polite prime proud quick quiet rapid rare ready royal rustic salty
serene sharp shy silent silver simple sleek smooth solid spry steady stoic sunny swift tidy true upbeat useful
vivid warm wise witty young
""".split()

CREATURES = """
ant ape badger bat bear bee beetle bird boar bug calf carp cat chimp cod colt crab crane crow cub deer dog
dolphin dove duck eagle eel elk falcon fawn finch fish fly foal fox frog gnat goat goose grouse gull hare hawk
hen heron horse hound ibis jay kit koi lamb lark lion lynx mare mink mole moose moth mouse mule newt owl ox
panda perch pig pony pug quail ram rat ray robin rook seal shad sheep shrew shrike skink slug smelt snail
snake sow squid stag stoat swan tern toad trout vole wasp whale wolf worm wren yak zebra
""".split()


def random_name() -> str:
    """For example `brisk-heron-481`; draws from the system's generator, so that no seeded stream is touched."""
    return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(CREATURES)}-{secrets.randbelow(900) + 100}"
