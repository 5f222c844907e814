"""Reading a component tree in tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def parts(node: Any) -> Iterator[Any]:
    """Every component and text below, itself included."""
    yield node
    children = getattr(node, "children", None)
    for child in children if isinstance(children, (list, tuple)) else [children]:
        if child is not None:
            yield from parts(child)


def text(node: Any) -> str:
    """All text of a tree, in reading order."""
    return " ".join(str(part) for part in parts(node) if isinstance(part, (str, int, float)))


def classes(node: Any) -> set[str]:
    """All class names of a tree."""
    return {name for part in parts(node) for name in (getattr(part, "className", None) or "").split()}


def marked(node: Any, key: str) -> list[Any]:
    """Components whose `data-indicator` is the key."""
    return [part for part in parts(node) if getattr(part, "data-indicator", None) == key]
