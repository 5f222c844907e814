"""Every sentence of the reader has its Chinese, with the same places."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import tenants.ingest.workbook as package
from park.words import catalogue
from tenants.ingest.workbook import formats, held, refusals, sandbox, vocabulary
from tenants.ingest.workbook.refusals import FileRefused

FOLDER = Path(inspect.getfile(package)).parent
# Modules whose upper-case constants are sentences, and the calls whose first text is one.
SENTENCES = {"moments", "long_form", "columns", "intervals", "assembly", "bills", "held", "roles", "vocabulary", "title_words"}
CALLS = {"message", "ignored"}
DANGERS = {"danger", "problem", "kind", "what"}
PLACE = re.compile(r"\{(\w+)\}")


def sentences() -> set[str]:
    """All texts that a person may meet, read off the code."""
    found: set[str] = set()
    for module in (refusals, held):
        for _, error in inspect.getmembers(module, inspect.isclass):
            if issubclass(error, FileRefused) and error is not FileRefused:
                found |= {" ".join((error.__doc__ or "").split()), error.remedy}
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            found |= _of(node, path.stem)
    found |= {sandbox.TIME, sandbox.MEMORY}
    found |= {kind for kind, _ in formats.FOREIGN} | {kind for _, kind in formats.PARTS} | set(vocabulary.ELSEWHERE.values())
    return {text for text in found if text.strip()} - {"stable"} - {text for text in found if text.startswith("(?")}


def _of(node: ast.AST, module: str) -> set[str]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in CALLS:
            return {text.value for text in ast.walk(first) if isinstance(text, ast.Constant) and isinstance(text.value, str)}
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if (
            name.isupper() and module in SENTENCES
        ):
            return {text} if " " in text and not name.startswith("_") else set()
        case ast.Assign(targets=[ast.Name(id="text" | "why")], value=value):
            return {
                one.value
                for one in ast.walk(value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " in one.value
            }
        case ast.keyword(arg=str(name), value=ast.Constant(value=str(text))) if name in DANGERS:
            return {text}
    return set()


def test_there_are_many() -> None:
    assert len(sentences()) > 120


@pytest.mark.parametrize("text", sorted(sentences()))
def test_in_chinese(text: str) -> None:
    chinese = catalogue().get(text)
    assert chinese, text
    assert set(PLACE.findall(chinese)) <= set(PLACE.findall(text))
    assert re.search(r"[\u4e00-\u9fff]", chinese)
