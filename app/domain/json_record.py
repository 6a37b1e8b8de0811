"""Typed records of foreign JSON.

`JsonRecord.from_json` takes any JSON and keeps what has the expected type; null, a wrong type or an unknown member is as
if it were absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from app.domain.numbers import Number, number_of_text

_MOST_RECORDS = 500
"""Records of one list that are kept."""

Id = Annotated[int, Meta(gt=0, le=2**53 - 1)]


class JsonRecord(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A record that is read leniently and written back under ConnectWise's names."""

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The record of any JSON; members of a wrong type are absent."""
        return _lenient(cls, value) or cls()

    def to_json(self) -> dict[str, Any]:
        """The members that are present, as JSON."""
        shown: dict[str, Any] = msgspec.to_builtins(self)
        return shown


_T = TypeVar("_T", bound=JsonRecord)


def _lenient(kind: type[_T], value: Any) -> _T | None:
    """A record of JSON of any shape. The fast path is taken where every member has its expected type."""
    if isinstance(value, str) and "name" in kind.__struct_fields__:
        value = {"name": value}
    if not isinstance(value, Mapping):
        return None
    present = {name: member for name, member in value.items() if member is not None}
    try:
        return msgspec.convert(present, kind)
    except (msgspec.ValidationError, OverflowError):
        found = {name: read for name, json_name, of in _members(kind)
                 if json_name in value and (read := _member(of, value[json_name])) is not None}  # fmt: skip
        return kind(**found)


def _member(of: Any, value: Any) -> Any:
    """One member leniently; None is absent."""
    for option in get_args(of) if get_origin(of) is not list and _is_union(of) else (of,):
        if get_origin(option) is list:
            if isinstance(value, list):
                items = (_member(get_args(option)[0], item) for item in value[:_MOST_RECORDS])
                return [item for item in items if item is not None]
        elif isinstance(option, type) and issubclass(option, JsonRecord):
            if (record := _lenient(option, value)) is not None:
                return record
        elif option is not type(None) and (read := _plain(option, value)) is not None:
            return read
    return None


def _is_union(of: Any) -> bool:
    return len(get_args(of)) > 1 and get_origin(of) is not Annotated


def _plain(of: Any, value: Any) -> Any:
    if of in get_args(Number) and isinstance(value, str):
        value = number_of_text(value)
    if of == Id and isinstance(value, Mapping):
        value = value.get("id")
    if of is str and isinstance(value, Mapping):
        value = value.get("name") or value.get("identifier")
    try:
        return msgspec.convert(value, of)
    except (msgspec.ValidationError, OverflowError):
        return None


@cache
def _members(kind: type[JsonRecord]) -> list[tuple[str, str, Any]]:
    """Attribute, JSON name and type of each member."""
    return [(field.name, field.encode_name, field.type) for field in msgspec.structs.fields(kind)]
