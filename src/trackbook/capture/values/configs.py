"""Objects that have settings or results as fields, told by their exact make, and those fields without a user's code.

| kind                                         | fields from                                        |
|----------------------------------------------|----------------------------------------------------|
| dict and its subclasses                      | the dict itself, with `dict`'s own iterator        |
| dataclass, attrs class                       | the instance's dictionary or slots                 |
| argparse.Namespace, types.SimpleNamespace    | the instance's dictionary                          |
| pydantic's BaseModel (1 and 2)               | the instance's dictionary, and its extra           |
| NamedTuple                                   | the tuple itself                                   |
| a class of settings alone (`class CFG: ...`) | the classes' own dictionaries                      |
| OmegaConf's DictConfig                       | its nodes, interpolations as written               |
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from trackbook.capture.kinds import is_one_of, kinds_of

DICT, RECORD, SETTINGS = "dict", "record", "settings"
"""A plain dict; a dataclass or named tuple, which may hold results as well; what is made for settings alone."""

_DATA_LIBRARIES = frozenset(
    "numpy pandas polars pyarrow torch tensorflow jaxlib jax scipy xarray dask modin cudf cupy PIL datasets".split()
)
_PLAIN = kinds_of(int, float, bool, str, type(None), list, tuple, set, types.FunctionType, types.ModuleType, type)
_DESCRIPTORS = kinds_of(types.GetSetDescriptorType, types.MemberDescriptorType)
_SETTINGS = kinds_of(int, float, bool, str, type(None), list, tuple, dict, set)
_OF_ANY_CLASS = frozenset(
    """__module__ __qualname__ __dict__ __weakref__ __doc__ __annotations__ __firstlineno__ __static_attributes__
    __annotate__ __annotate_func__ __annotations_cache__""".split()
)
_PLAIN_OF_LIBRARIES = frozenset({("torch", "device"), ("torch", "dtype")})
"""What is a setting though it comes from a library of data."""


def kind_of(value: object) -> str | None:
    """`DICT`, `RECORD`, `SETTINGS`, or None for what has no fields that we would look at."""
    kind = type(value)
    if kind is dict:
        return DICT
    if kind is type:
        return SETTINGS if _is_of_settings(value) else None  # type: ignore[arg-type]
    if is_one_of(value, _PLAIN):
        return None
    mro = _mro(kind)
    if any(_is(base, module, name) for base in mro for module, name in _SETTINGS_BASES):
        return SETTINGS
    if any(base is dict for base in mro):
        return DICT
    if _own(mro, "__dataclass_fields__") is not None or _own(mro, "__attrs_attrs__") is not None:
        return RECORD
    if any(base is tuple for base in mro) and _names(_own(mro, "_fields")):
        return RECORD
    return None


_SETTINGS_BASES = (
    ("argparse", "Namespace"),
    ("types", "SimpleNamespace"),
    ("pydantic.main", "BaseModel"),
    ("pydantic.v1.main", "BaseModel"),
    ("omegaconf.dictconfig", "DictConfig"),
)


def fields_of(value: object) -> Iterator[tuple[object, object]]:
    """Name and value of each field, in order; a name may be anything in a dict.  Only for what `kind_of` knows."""
    mro = _mro(type(value))
    if type(value) is type:
        yield from _class_fields(value).items()
    elif any(base is dict for base in mro):
        yield from dict.items(value)  # type: ignore[arg-type]
    elif any(_is(base, "omegaconf.dictconfig", "DictConfig") for base in mro):
        yield from _nodes(value)
    elif any(base is tuple for base in mro):
        yield from zip(_names(_own(mro, "_fields")), tuple.__iter__(value), strict=False)  # type: ignore[arg-type]
    else:
        yield from _attributes(value, mro)


def elements_of(value: object) -> tuple[object, ...] | None:
    """The elements of a list or tuple, or of OmegaConf's ListConfig; None for anything else."""
    kind = type(value)
    if kind is list or kind is tuple:
        return tuple(value)  # type: ignore[arg-type]
    if _is(kind, "omegaconf.listconfig", "ListConfig"):
        content = (instance_dict(value) or {}).get("_content")
        return tuple(map(_opened, content)) if type(content) is list else None
    return None


def holds_data(value: object) -> str | None:
    """The name of a data library's class, where the value is of one; scalars are asked about before."""
    kind = type(value)
    if is_one_of(value, _PLAIN) or kind is dict:
        return None
    module, name = _name_of(kind)
    if module.partition(".")[0] not in _DATA_LIBRARIES or (module, name) in _PLAIN_OF_LIBRARIES:
        return None
    return name


def plain_text(value: object) -> str | None:
    """The text of what is no scalar and yet one setting: a member of an Enum, a path, a device or dtype of torch."""
    kind = type(value)
    mro = _mro(kind)
    if any(_is(base, "enum", "Enum") for base in mro):
        name = (instance_dict(value) or {}).get("_name_")
        return name if type(name) is str else None
    module, name = _name_of(kind)
    if module in ("pathlib", "pathlib._local") or (module, name) in _PLAIN_OF_LIBRARIES:
        return str(value)
    return None


def is_secret_type(value: object) -> bool:
    """pydantic's `SecretStr` and its like: a secret whatever its name."""
    return any(_is(base, "pydantic.types", "_SecretBase") for base in _mro(type(value)))


def instance_dict(value: object) -> dict[str, object] | None:
    """An instance's own dictionary, None where it has none or its class replaces it by code."""
    descriptor = _own(_mro(type(value)), "__dict__")
    if not is_one_of(descriptor, _DESCRIPTORS):
        return None
    found = descriptor.__get__(value)
    return found if type(found) is dict else None


def _attributes(value: object, mro: tuple[type, ...]) -> Iterator[tuple[str, object]]:
    declared = _own(mro, "__dataclass_fields__")
    attrs = _own(mro, "__attrs_attrs__")
    kept = instance_dict(value) or {}
    if type(declared) is dict:
        names = [name for name in declared if type(name) is str]
    elif isinstance(attrs, tuple):
        names = [one.name for one in attrs if _is(type(one), "attr._make", "Attribute")]
    else:
        names = [*kept, *_extra(value, mro)]
        kept = {**kept, **_extra(value, mro)}
    for name in names:
        if name in kept:
            yield name, kept[name]
            continue
        slot = _own(mro, name)
        if type(slot) is types.MemberDescriptorType:
            try:
                yield name, slot.__get__(value)
            except AttributeError:  # nothing was put there
                continue


def _is_of_settings(kind: type) -> bool:
    """Whether a class holds settings and no code: some attributes are plain, and none is a method or the like."""
    held = [one for base in _mro(kind)[:-1] for name, one in _dict_of(base).items() if name not in _OF_ANY_CLASS]
    some = any(is_one_of(one, _SETTINGS) for one in held)
    return some and all(_own(_mro(type(one)), "__get__") is None for one in held)


def methods_of(value: object) -> Iterator[types.FunctionType]:
    """Of a class, or of an object's class, as far as it and those above it are of one module."""
    kind: type = value if issubclass(type(value), type) else type(value)  # type: ignore[assignment]
    module = _name_of(kind)[0]
    for base in _mro(kind):
        if _name_of(base)[0] != module or module == "builtins":
            return
        for one in [*_dict_of(base).values()]:
            inner = one.__func__ if type(one) in (staticmethod, classmethod) else one
            if type(inner) is types.FunctionType:
                yield inner


def _class_fields(kind: type) -> dict[str, object]:
    fields: dict[str, object] = {}
    for base in reversed(_mro(kind)[:-1]):
        fields.update(_dict_of(base))
    return {name: one for name, one in fields.items() if not name.startswith("_")}


def _extra(value: object, mro: tuple[type, ...]) -> dict[str, object]:
    """Fields that a pydantic model was given beyond those it declares."""
    slot = _own(mro, "__pydantic_extra__")
    if type(slot) is not types.MemberDescriptorType:
        return {}
    try:
        found = slot.__get__(value)
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _nodes(config: object) -> Iterator[tuple[object, object]]:
    """The fields of a DictConfig; nothing is resolved, since a resolver is code, and may fetch secrets."""
    content = (instance_dict(config) or {}).get("_content")
    if type(content) is dict:
        for name, node in content.items():
            yield name, _opened(node)


def _opened(node: object) -> object:
    """The value in a node of OmegaConf; a container is its own value."""
    if any(_is(base, "omegaconf.nodes", "ValueNode") for base in _mro(type(node))):
        return (instance_dict(node) or {}).get("_val")
    return node


def _mro(kind: type) -> tuple[type, ...]:
    return type.__dict__["__mro__"].__get__(kind)  # type: ignore[no-any-return]


def _dict_of(kind: type) -> Mapping[str, Any]:
    """What a class itself holds."""
    return type.__dict__["__dict__"].__get__(kind)  # type: ignore[no-any-return]


def _own(mro: tuple[type, ...], name: str) -> Any:
    """What the classes themselves hold under a name, without asking a metaclass or descriptor."""
    for base in mro:
        held = _dict_of(base)
        if name in held:
            return held[name]
    return None


def _name_of(kind: type) -> tuple[str, str]:
    module, name = type.__getattribute__(kind, "__module__"), type.__getattribute__(kind, "__qualname__")
    return (module if type(module) is str else ""), (name if type(name) is str else "")


def _is(kind: type, module: str, name: str) -> bool:
    """Whether a class is that of an imported module."""
    loaded = sys.modules.get(module)
    return loaded is not None and type(loaded) is types.ModuleType and loaded.__dict__.get(name) is kind


def _names(fields: object) -> tuple[str, ...]:
    return fields if type(fields) is tuple and all(type(one) is str for one in fields) else ()
