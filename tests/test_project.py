"""What a clean clone relies on: locks, licence, targets, and no word about anybody's machine."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = PROJECT["project"]["dependencies"]
TEST = PROJECT["project"]["optional-dependencies"]["test"]
# Versions below these are known to be vulnerable; an index may still offer them, and an auditing tool may not know.
FLOORS = {"dash": (4, 4, 1), "flask": (3, 1, 3)}

MACHINE = re.compile(r"(?<![\w.])/(work/(?:main|shared)|opt/pypi|opt/wheels|root/\.pyenv)/")


def locked(file: str) -> dict[str, str]:
    """Version of each package in a lock."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return {canonical(found[1]): found[2] for found in re.finditer(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize(("file", "wanted"), [("requirements.lock", RUN), ("requirements-test.lock", [*RUN, *TEST])])
def test_lock_holds_every_dependency_in_a_version_that_is_asked_for(file: str, wanted: list[str]) -> None:
    versions = locked(file)
    for requirement in wanted:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[.*\])?(?:>=([\d.]+))?", requirement)
        assert found, requirement
        name = canonical(found[1])
        assert name in versions, f"{name} is not locked: run `make lock`"
        if found[2]:
            assert numbers(versions[name]) >= numbers(found[2]), f"{name}: run `make lock`"


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-test.lock"])
def test_lock_is_pinned_by_hash_and_names_no_host(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(-index|-extra|-find|i |f )", text, re.MULTILINE)
    assert text.count("==") <= text.count("--hash=sha256:")
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_both_locks_agree() -> None:
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: version for name, version in run.items() if test.get(name) != version} == {}


def test_floors() -> None:
    versions = locked("requirements.lock")
    assert {name for name, floor in FLOORS.items() if numbers(versions[name]) < floor} == set()


def test_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["project"]["license"] == "Apache-2.0"


def test_targets() -> None:
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "test-long", "check", "bench"):
        assert re.search(rf"make {target}\s", said)
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


def test_nothing_tells_whose_machine_it_was_made_on() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for file in files:
        path = ROOT / file
        if path.suffix in (".woff2", ".png", ".xlsx", ".lock") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if file != "tests/test_project.py" and MACHINE.search(text):
            found.append(file)
    assert found == []
