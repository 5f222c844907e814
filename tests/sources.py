"""The words that the program says, read from its source: what must be in the catalogue, and what may be."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import jinja2

ROOT = Path(__file__).parents[1]
PACKAGES = ("park", "tenants", "dashboards")
SAYERS = {"t", "_", "say", "words"}  # functions whose first argument is a text of the catalogue
TEXT_FACTS = {"reason", "remedy", "field", "what"}  # facts of errors that are texts themselves


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the program, parsed."""
    paths = [ROOT / "wsgi.py", *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]
    for path in sorted(paths):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def templates() -> Iterator[tuple[Path, jinja2.nodes.Template]]:
    """Every page template, parsed."""
    environment = jinja2.Environment()
    for path in sorted((ROOT / "dashboards").rglob("*.html")):
        yield path.relative_to(ROOT), environment.parse(path.read_text(encoding="utf-8"))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else None


def errors() -> set[str]:
    """Names of all error classes."""
    bases = {
        node.name: {_name(base) for base in node.bases} for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    found = {"LingyuanError"}
    while more := {name for name, above in bases.items() if above & found and name not in found}:
        found |= more
    return found


def required() -> dict[str, set[str]]:
    """Every text that is said to people, with the files that say it."""
    found: dict[str, set[str]] = defaultdict(set)
    named = errors()
    for path, tree in modules():
        for node in ast.walk(tree):
            texts: list[str | None] = []
            if isinstance(node, ast.Call) and node.args and _name(node.func) in SAYERS:
                texts.append(_text(node.args[0]))
            if isinstance(node, ast.Call) and _name(node.func) in named | {"Reject", "Unusable"}:
                texts += [_text(one.value) for one in node.keywords if one.arg in TEXT_FACTS]
            if isinstance(node, ast.ClassDef) and node.name in named:
                texts.append(" ".join((ast.get_docstring(node) or "").split()))
                texts += [_text(one.value) for one in node.body if isinstance(one, ast.Assign) and _name(one.targets[0]) == "remedy"]
                texts += [_text(one.value) for one in node.body if isinstance(one, ast.AnnAssign) and _name(one.target) == "remedy"]
            if isinstance(node, ast.Assign) and _name(node.targets[0]) in TEXT_FACTS and "errors" not in path.name:
                texts.append(_text(node.value))
            for text in filter(None, texts):
                found[text].add(str(path))
    for path, template in templates():
        for call in template.find_all(jinja2.nodes.Call):
            if isinstance(call.node, jinja2.nodes.Name) and call.node.name == "_" and isinstance(call.args[0], jinja2.nodes.Const):
                found[call.args[0].value].add(str(path))
    return found


def literals() -> set[str]:
    """Every piece of text in the program: a text of the catalogue that is not among them is an orphan."""
    found: set[str] = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value, " ".join(node.value.split())}
    for _, template in templates():
        found |= {node.value for node in template.find_all(jinja2.nodes.Const) if isinstance(node.value, str)}
    return found


def formatted_texts() -> list[str]:
    """Places where an error's reason or remedy is an f-string: it could not be translated."""
    named = errors() | {"Reject", "Unusable"}
    return [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in named
        and any(one.arg in TEXT_FACTS and isinstance(one.value, (ast.JoinedStr, ast.BinOp)) for one in node.keywords)
    ]  # fmt: skip
