"""The words that the program says, read from its source: what must be in the catalogue, and what may be."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import jinja2

ROOT = Path(__file__).parents[1]
PACKAGES = ("park", "tenants", "dashboards")
SAYERS = {"t", "_"}  # functions whose first argument is a text of the catalogue; on screens also:
SCREEN_SAYERS = {"say", "words"}
TEXT_FACTS = {"reason", "remedy", "what"}  # facts of errors that are texts themselves


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
    classes = [node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {_name(base) for base in node.bases} for node in classes}
    found = {"LingyuanError"}
    while more := {name for name, above in bases.items() if above & found and name not in found}:
        found |= more
    return found


def required() -> dict[str, set[str]]:
    """Every text that is said to people, with the files that say it."""
    found: dict[str, set[str]] = defaultdict(set)
    named = errors()
    for path, tree in modules():
        sayers = SAYERS | SCREEN_SAYERS if path.parts[0] == "dashboards" else SAYERS
        for node in ast.walk(tree):
            for text in filter(None, _said_by(node, sayers, named)):
                found[text].add(str(path))
    for path, template in templates():
        for call in template.find_all(jinja2.nodes.Call):
            by_name = isinstance(call.node, jinja2.nodes.Name) and call.node.name == "_"
            if by_name and isinstance(call.args[0], jinja2.nodes.Const):
                found[call.args[0].value].add(str(path))
    return found


def _said_by(node: ast.AST, sayers: set[str], named: set[str]) -> list[str | None]:
    """The texts that one piece of source says."""
    if isinstance(node, ast.Call):
        texts = [_text(node.args[0])] if node.args and _name(node.func) in sayers else []
        if _name(node.func) in named | {"Reject", "Unusable"}:
            texts += [_text(one.value) for one in node.keywords if one.arg in TEXT_FACTS]
        return texts
    if isinstance(node, ast.ClassDef) and node.name in named:
        remedies = [one for one in node.body if isinstance(one, (ast.Assign, ast.AnnAssign)) and _target(one) == "remedy"]
        return [" ".join((ast.get_docstring(node) or "").split()), *(_text(one.value) for one in remedies)]
    if isinstance(node, ast.Assign) and _target(node) in TEXT_FACTS:
        return [_text(node.value)]
    return []


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    return _name(node.targets[0] if isinstance(node, ast.Assign) else node.target)


def facts_given() -> dict[str, set[str]]:
    """Text to the names of the facts that its callers give."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and node.args
                and _name(node.func) in SAYERS | SCREEN_SAYERS
                and (text := _text(node.args[0]))
            ):
                found[text] |= {one.arg for one in node.keywords if one.arg}
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
        and any(one.arg in TEXT_FACTS and _glued(one.value) for one in node.keywords)
    ]  # fmt: skip


def _glued(value: ast.expr) -> bool:
    """Whether words of ours are part of a formatted text; `{error}: {number}` holds none."""
    words = [one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return isinstance(value, (ast.JoinedStr, ast.BinOp)) and any(letter.isalpha() for word in words for letter in word)
