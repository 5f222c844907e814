"""The shape of the house, checked by a machine: direction of imports, sizes, names, and what only one place may say."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("tenants", "park", "dashboards")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
LONGEST_MODULE, MEDIAN_MODULE = 450, 120
LONGEST_FUNCTION = 50  # the aim is 40; two functions are still longer
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service", "services", "managers"}
ROLE = re.compile(
    r"\b(SET\s+(LOCAL\s+|SESSION\s+)?(ROLE|SESSION\s+AUTHORIZATION)|RESET\s+ROLE)\b(?!\s*=)",  # a column may be called role
    re.IGNORECASE,
)
ONLY_THERE = ("tenants/db.py", "park/migrations/")  # the session functions; a revision that makes a view for its owner
HEAVY = ("pandas", "plotly.express", "polars", "fastexcel", "scipy", "matplotlib", "pvlib", "highspy")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_imports_point_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_imports_the_entry() -> None:
    assert [name(path) for path in MODULES if "wsgi" in imported(path)] == []


def imported(path: Path) -> set[str]:
    """The first word of every module that the file imports, also inside functions."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_modules_are_small() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_MODULE


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring and without the functions inside it, which are counted by themselves."""
    first, last = function.lineno, function.end_lineno or function.lineno
    head = function.body[0]
    docstring = isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant) and isinstance(head.value.value, str)
    own = last - first + 1 - ((head.end_lineno or 0) - head.lineno + 1 if docstring else 0)
    return own - sum(_whole(node) for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _whole(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function with its decorators."""
    start = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    return (function.end_lineno or function.lineno) - start + 1


def test_functions_are_short() -> None:
    # A revision is a list of statements in time, not a function that anyone reads in parts.
    paths = [path for path in MODULES if "versions" not in path.parts]
    long = {f"{name(path)}:{one.name}": length(one) for path in paths for one in functions(path)}
    assert {place: lines for place, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_every_file_has_a_noun_for_a_name_and_says_what_it_is() -> None:
    assert [name(path) for path in MODULES if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES] == []
    silent = [name(path) for path in MODULES if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert silent == []


def test_roles_are_taken_in_one_place() -> None:
    found = []
    for path in MODULES:
        module = tree(path)
        docstrings = {id(node) for node in docstring_nodes(module)}
        for node in ast.walk(module):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
            if is_text and ROLE.search(node.value) and not name(path).startswith(ONLY_THERE):  # type: ignore[attr-defined]
                found.append(f"{name(path)}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def docstring_nodes(module: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            head = node.body[0]
            if isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant):
                yield head.value


def test_dash_registries_of_the_whole_process_are_not_used() -> None:
    """They are shared by the three apps: one audience's callback would answer in another's."""
    found = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                shared = node.attr in ("callback", "register_page", "clientside_callback") and node.value.id == "dash"
                found += [f"{name(path)}:{node.lineno}"] if shared else []
            if isinstance(node, ast.ImportFrom) and node.module == "dash":
                shared = any(alias.name in ("callback", "register_page", "clientside_callback") for alias in node.names)
                found += [f"{name(path)}:{node.lineno}"] if shared else []
    assert found == []


def test_no_broad_silence() -> None:
    """No `except: pass`: a fault is counted, told, or not caught."""
    found = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type else ""
            mute = all(isinstance(one, (ast.Pass, ast.Continue)) for one in node.body)
            if mute and caught in ("", "Exception", "BaseException"):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("entry", ["park.cli", "wsgi"])
def test_nothing_heavy_is_loaded_at_the_start(entry: str) -> None:
    code = f"import sys, {entry}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []
