"""A YAML file in which every value knows its line, so that each mistake can be named by its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from park.gateway.errors import ConfigurationMissing, ConfigurationUnreadable, Fault

T = TypeVar("T")
LARGEST_BYTES: Final = 2_000_000
_YES, _NO = ("true", "yes", "on"), ("false", "no", "off")
MISSING: Final = "is missing."
ONE_OF: Final = "Write one of: {words}"


class Wrong(ValueError):
    """A value that cannot be: the reason, the remedy, the facts of both."""

    def __init__(self, reason: str, remedy: str, **facts: Any) -> None:
        super().__init__(reason)
        self.fault = (reason, remedy, facts)


class Section:
    """One mapping of the file. What is asked for is read, checked and noted; `done` tells of what nobody asked for."""

    def __init__(self, node: yaml.Node | None, field: str, faults: list[Fault]) -> None:
        self.field = field
        self.faults = faults
        self.line = node.start_mark.line + 1 if node else 0
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._keep(key, value)
        elif node is not None:
            self.fault(self.field, "is not a list of keys and values.", "Write `key: value` lines below it.", at_line=self.line)

    def _keep(self, key: yaml.Node, value: yaml.Node) -> None:
        name = str(key.value)
        if name in self._values:
            self.fault(name, "stands there twice.", "Keep one of them.", at_line=key.start_mark.line + 1)
        if value.tag != "tag:yaml.org,2002:null":
            self._values[name] = value
            self._lines[name] = key.start_mark.line + 1

    def fault(self, name: str, reason: str, remedy: str, /, *, at_line: int | None = None, **facts: Any) -> None:
        """Notes a mistake at a key of this section."""
        line = self._lines.get(name, self.line)
        path = name if not self.field or name == self.field else f"{self.field}.{name}"
        self.faults.append(Fault(at_line or line, path, reason, remedy, facts))

    def has(self, name: str) -> bool:
        """Whether the key is there with a value."""
        return name in self._values

    def names(self) -> list[str]:
        """The keys in their order."""
        return list(self._values)

    def take(self, name: str, read: Callable[[str], T], default: T | None = None, *, remedy: str = "") -> T | None:
        """The value of the key, read from its text; None with a fault noted where it is wrong, or missing without a default."""
        self._asked.add(name)
        node = self._values.get(name)
        if node is None:
            if default is None and remedy:
                self.fault(name, MISSING, remedy)
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.fault(name, "is not a single value.", remedy or "Write one value behind the colon.")
            return default
        try:
            return read(node.value)
        except Wrong as error:
            reason, told, facts = error.fault
            self.fault(name, reason, told, **facts)
            return default

    def section(self, name: str) -> Section | None:
        """The mapping below the key, or None."""
        self._asked.add(name)
        node = self._values.get(name)
        return None if node is None else Section(node, self._below(name), self.faults)

    def sections(self, name: str) -> Iterator[Section]:
        """The mappings of the list below the key."""
        self._asked.add(name)
        node = self._values.get(name)
        if node is not None and not isinstance(node, yaml.SequenceNode):
            self.fault(name, "is no list.", "Begin each of its entries with a dash.")
            return
        for i, one in enumerate(node.value if node is not None else []):
            yield Section(one, f"{self._below(name)}[{i}]", self.faults)

    def done(self) -> None:
        """Tells of keys that nobody knows: passed over, they would do harm."""
        for name in self._values:
            if name not in self._asked:
                near = difflib.get_close_matches(name, self._asked, n=1, cutoff=0.7)
                remedy = "Did you mean {near}?" if near else "Known are: {known}"
                self.fault(name, "is not a known key.", remedy, near=near[0] if near else "", known=" ".join(sorted(self._asked)))

    def _below(self, name: str) -> str:
        return f"{self.field}.{name}" if self.field else name


def opened(path: Path, faults: list[Fault]) -> Section:
    """The file's top section.

    Raises:
        ConfigurationMissing, ConfigurationUnreadable.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ConfigurationUnreadable(file=path, line=1, problem="it is larger than 2 MB")
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ConfigurationMissing(file=path) from error
    except UnicodeDecodeError as error:
        raise ConfigurationUnreadable(file=path, line=1, problem="it is not written in UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or type(error).__name__
        raise ConfigurationUnreadable(file=path, line=mark.line + 1 if mark else 1, problem=problem) from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationUnreadable(file=path, line=1, problem="it does not begin with `key: value` lines")
    return Section(node, "", faults)


# ---- how texts become values ----


def text(most: int = 120) -> Callable[[str], str]:
    """A text that is not empty."""

    def read(given: str) -> str:
        found = " ".join(given.split())
        if not found or len(found) > most:
            raise Wrong("is empty or longer than {most} characters.", "Shorten it.", most=most)
        return found

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number, decimal or with 0x."""

    def read(given: str) -> int:
        try:
            found = int(given, 16) if given.lower().startswith("0x") else int(given, 10)
        except ValueError:
            raise Wrong(
                "'{given}' is not a whole number.", "Write one from {low} to {high}.", given=given, low=low, high=high
            ) from None
        if not low <= found <= high:
            raise Wrong("{given} is out of range.", "Write a number from {low} to {high}.", given=found, low=low, high=high)
        return found

    return read


def decimal(low: str, high: str) -> Callable[[str], Decimal]:
    """A decimal number."""

    def read(given: str) -> Decimal:
        try:
            found = Decimal(given)
        except InvalidOperation:
            found = Decimal("nan")
        if not found.is_finite() or not Decimal(low) <= found <= Decimal(high):
            raise Wrong("'{given}' is not a number from {low} to {high}.", "Write it like 0.01.", given=given, low=low, high=high)
        return found

    return read


def choice(words: Sequence[str]) -> Callable[[str], str]:
    """One of several words."""

    def read(given: str) -> str:
        if given not in words:
            near = difflib.get_close_matches(given, words, n=1, cutoff=0.6)
            remedy = "Did you mean {near}?" if near else "Write one of: {words}"
            raise Wrong(
                "'{given}' is not possible here.", remedy, given=given, near=near[0] if near else "", words=" ".join(words)
            )
        return given

    return read


def yes_no(given: str) -> bool:
    """True or false."""
    if given.lower() not in (*_YES, *_NO):
        raise Wrong("'{given}' is neither true nor false.", "Write true or false.", given=given)
    return given.lower() in _YES


def matching(pattern: str, example: str) -> Callable[[str], str]:
    """A text of a given form."""

    def read(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise Wrong("'{given}' does not have the right form.", "Write it like {example}.", given=given, example=example)
        return given

    return read
