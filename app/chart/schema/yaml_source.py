"""Restricted YAML: plain values with their lines, no anchors, tags or implicit types.

Words stay words (`no`, `on`, `12:30`, dates), names are always text, and aliases, tags and deep nesting are refused, so
that any text is read in bounded time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

DEEPEST = 12
MOST_CHARACTERS = 250_000

Path = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlMistake:
    """A syntax error. `line` and `column` count from 1."""

    line: int
    column: int
    message: str
    where: Path = ()


@dataclass(slots=True)
class YamlDocument:
    """Values of a YAML text with their places, and syntax errors."""

    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    mistakes: list[YamlMistake] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Line and column of a path, else of the nearest section around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


class _Refused(yaml.MarkedYAMLError):
    """Well-formed YAML that is not allowed in these files."""


class _Loader(yaml.SafeLoader):
    """Composes nodes; resolves only true, false, null and plain numbers."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(
                problem="anchors (`&`) and aliases (`*`) are not used here; write the value out, or put it in quotes",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None):
            raise _Refused(
                problem="tags (`!`) are not used here; put the value in quotes", problem_mark=event.start_mark
            )
        if self.depth > DEEPEST:
            raise _Refused(problem="nested too deeply", problem_mark=event.start_mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0|[1-9]\d{0,17})", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9]\d{0,17})\.\d{1,18}", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))

_PLAINER = (
    (r"found character '\\t'", "a tab cannot indent; use spaces"),
    (r"found character", "this character needs quotes around the value"),
    (r"mapping values are not allowed", "a second `:` in one value; put the value in quotes, or correct the indentation"),
    (r"could not find expected ':'", "a name without `:` after it"),
    (r"but found another document", "more than one document; a `---` may stand only at the top"),
    (r"expected <block end>|did not find expected", "the indenting does not fit the lines above"),
    (r"unexpected end of stream", "a quote is opened and not closed"),
    (r"expected ',' or '[\]}]'|found '<stream end>'", "a bracket is opened and not closed"),
)  # fmt: skip


def read_yaml(text: str) -> YamlDocument:
    """Parses a text. Never raises: errors are in `mistakes`, and `data` is None then."""
    document = YamlDocument()
    if len(text) > MOST_CHARACTERS:
        document.mistakes.append(YamlMistake(1, 1, f"the file is larger than {MOST_CHARACTERS // 1000} kB"))
        return document
    try:
        loader = _Loader(text.removeprefix("\ufeff"))
        node = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        code = error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "\0")
        document.mistakes.append(YamlMistake(line, column, f"the character U+{code:04X} is not allowed in YAML"))
    except yaml.MarkedYAMLError as error:
        document.mistakes.append(_mistake(error))
    else:
        document.data = _value(node, (), document, loader) if node else None
    return document


def _mistake(error: yaml.MarkedYAMLError) -> YamlMistake:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or "not readable"
    if isinstance(error, _Refused):
        return YamlMistake(line, column, problem)
    plainer = next((words for pattern, words in _PLAINER if re.search(pattern, problem)), problem)
    return YamlMistake(line, column, f"not readable as YAML from here on: {plainer}")


def _value(node: yaml.Node, path: Path, document: YamlDocument, loader: _Loader) -> Any:
    document.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, loader)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, number), document, loader) for number, item in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(node: yaml.MappingNode, path: Path, document: YamlDocument, loader: _Loader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if not isinstance(key, yaml.ScalarNode):
            document.mistakes.append(YamlMistake(line, column, "a name must be a word, not a list or a section", path))
            continue
        inner = (*path, key.value)
        if key.value in found:
            first = document.places[inner][0]
            text = f"this name stands here twice, first in line {first}; keep one of them"
            document.mistakes.append(YamlMistake(line, column, text, inner))
            continue
        document.places[inner] = (line, column)
        found[key.value] = _value(value, inner, document, loader)
    return found
