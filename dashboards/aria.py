"""Words for screen readers, as component properties."""

from __future__ import annotations

from typing import Any


def aria(**said: str) -> dict[str, Any]:
    """Properties `aria-*` for `**`: `html.Div(..., **aria(label="Menu"))`. Dash takes them, its type hints do not."""
    return {f"aria-{name}": value for name, value in said.items()}


def data(**marks: str) -> dict[str, Any]:
    """Properties `data-*` for `**`: what scripts and tests find a value by."""
    return {f"data-{name}": value for name, value in marks.items()}
