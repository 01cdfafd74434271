"""MLflow's words for which lifecycle stages a search sees."""

from __future__ import annotations

from trackbook.core.entities import ViewType
from trackbook.errors import InvalidValue, shown

_BY_NUMBER = {1: ViewType.ACTIVE_ONLY, 2: ViewType.DELETED_ONLY, 3: ViewType.ALL}


def view_of(view_type: ViewType | int | str) -> ViewType:
    """Our view type for MLflow's numbers (1 active, 2 deleted, 3 all) and names.  Raises `InvalidValue`."""
    if isinstance(view_type, int) and view_type in _BY_NUMBER:
        return _BY_NUMBER[view_type]
    if isinstance(view_type, str) and view_type.upper() in ViewType.__members__:
        return ViewType[view_type.upper()]
    raise InvalidValue(f"view type {shown(view_type)} is none of 1 (ACTIVE_ONLY), 2 (DELETED_ONLY), 3 (ALL)")
