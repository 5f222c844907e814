"""The pages say what the code does: links, commands, settings, addresses, figures and every worked example are tried here."""

from __future__ import annotations

import ast
import operator
import re
import shlex
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from flask import Flask

from park import api
from park.cli.bench import BENCHES
from park.cli.root import COMMANDS, main
from park.config import SETTINGS, Settings
from park.words import t
from tenants.calc.indicators import INDICATORS
from tenants.exact import rounded
from tenants.flows import FLOWS
from tenants.ingest.payload import understood
from tenants.ledger import METHODS, Account, account
from tenants.topology import Topology
from tests.tenants.sums import made

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
PAIRS = [
    (ROOT / "README.en.md", ROOT / "README.md"),
    *((DOCS / f"{name}.md", DOCS / f"{name}.zh.md") for name in ("architecture", "method", "data")),
    (DOCS / "devices.en.md", DOCS / "devices.md"),
]
ONE = DOCS / "benches.md"  # both languages on one page
PAGES = [page for pair in PAIRS for page in pair] + [ONE]
LANGUAGE = {page: lang for english, chinese in PAIRS for page, lang in ((english, "en"), (chinese, "zh"))} | {ONE: "en"}
# Named in the pages, but none of a running installation's settings.
OF_TESTS = {"LINGYUAN_TESTDATA", "LINGYUAN_TEST_DSN"}

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#{1,4}) +(.+?) *$", re.MULTILINE)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def fences(page: Path, kind: str) -> list[str]:
    """The contents of the page's fenced blocks of one kind."""
    return [body for _, found, body in _FENCE.findall(text(page)) if found == kind]


def anchors(page: Path) -> set[str]:
    """The ids that the headings get, as GitHub makes them."""
    plain = [re.sub(r"[`*_]", "", title) for _, title in _HEADING.findall(prose(page))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in plain}


each_page = pytest.mark.parametrize("page", PAGES, ids=name)
each_pair = pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[name(one) for one, _ in PAIRS])


# Links and pictures.


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for picture, _, target in _LINK.findall(prose(page)):
        address, _, anchor = target.partition("#")
        if picture or "://" in address:
            continue
        file = (page.parent / address).resolve() if address else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


@each_page
def test_pages_know_each_other(page: Path) -> None:
    """Whoever opens one finds the others."""
    linked = {(page.parent / target.partition("#")[0]).resolve() for _, _, target in _LINK.findall(prose(page))}
    others = [one for one in PAGES if one != page and LANGUAGE[one] == LANGUAGE[page] and one not in PAIRS[0]]
    assert [name(one) for one in others if one not in linked] == []


@each_page
def test_pictures_are_there(page: Path) -> None:
    wanted = [page.parent / target for picture, _, target in _LINK.findall(prose(page)) if picture]
    if wanted and not any(PICTURES.glob("*.png")):
        pytest.skip("docs/pictures is empty: the pictures are taken from the running demo")
    assert [name(one) for one in wanted if not one.is_file()] == []


@each_page
def test_files_named_are_there(page: Path) -> None:
    rooms = r"(?:tenants|park|dashboards|tests|docs)/[A-Za-z0-9_./]*|wsgi\.py"
    named = set(re.findall(rf"`({rooms})`", prose(page)))
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


# Both languages.


@each_pair
def test_both_languages_have_the_same_sections(english: Path, chinese: Path) -> None:
    levels = [[len(marks) for marks, _ in _HEADING.findall(prose(page))] for page in (english, chinese)]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 5


@each_pair
def test_both_languages_show_the_same_examples(english: Path, chinese: Path) -> None:
    """Worked accounts, request bodies and diagrams are no prose."""
    for kind in ("account", "json"):
        assert fences(english, kind) == fences(chinese, kind)
    shapes = [[(kind, body.count("\n")) for _, kind, body in _FENCE.findall(text(page))] for page in (english, chinese)]
    assert shapes[0] == shapes[1]


@each_pair
def test_both_languages_name_the_same_things(english: Path, chinese: Path) -> None:
    """What stands in code marks is the same name in both."""

    def names(page: Path) -> set[str]:
        return {one for one in re.findall(r"`([^`\n]+)`", prose(page)) if one.isascii()}

    assert names(english) == names(chinese)


def test_chinese_is_chinese() -> None:
    for _, chinese in PAIRS:
        letters = len(re.findall(r"[\u4e00-\u9fff]", prose(chinese)))
        assert letters > 600, name(chinese)


# Commands.


def calls(page: Path) -> Iterator[list[str]]:
    """Every call of `lingyuan` in the page, as words: those in shell blocks, and those in code marks."""
    lines = [line for body in fences(page, "sh") for line in body.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`(lingyuan [^`\n]+)`", prose(page))
    for line in lines:
        for piece in re.split(r"\||&&|;|\$\(", line.partition(" #")[0]):
            if "lingyuan " in piece and "/lingyuan " not in piece:
                yield shlex.split(piece[piece.index("lingyuan ") :].rstrip(")"))[1:]


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words call, and the words left for it."""
    assert words[0] in COMMANDS, f"there is no `lingyuan {words[0]}`"
    found = main.get_command(click.Context(main), words[0])
    assert found is not None
    rest = words[1:]
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        inner = found.get_command(click.Context(found), rest[0])
        assert inner is not None, f"there is no `lingyuan {' '.join(words[: len(words) - len(rest) + 1])}`"
        found, rest = inner, rest[1:]
    return found, rest


@each_page
def test_commands_exist_and_take_what_is_given(page: Path) -> None:
    for words in calls(page):
        command, rest = resolved(words)
        if isinstance(command, click.Group) or not rest:
            continue  # named only
        known = {spelling: one for one in command.params if isinstance(one, click.Option) for spelling in one.opts}
        given = [word for word in rest if re.match(r"--?[a-z]", word)]
        assert [word for word in given if word not in known] == [], words
        for word, value in zip(rest, [*rest[1:], ""], strict=True):
            choice = known[word].type if word in known else None
            assert not isinstance(choice, click.Choice) or value in choice.choices, words


@pytest.mark.parametrize("page", PAIRS[0], ids=name)
def test_commands_of_the_readme_are_whole(page: Path) -> None:
    """What somebody copies out of a shell block misses no option that is needed."""
    for body in fences(page, "sh"):
        for line in body.replace("\\\n", " ").splitlines():
            if not line.startswith("lingyuan "):
                continue
            command, rest = resolved(shlex.split(line.partition(" #")[0])[1:])
            needed = [one for one in command.params if one.required]
            arguments = [one for one in needed if isinstance(one, click.Argument)]
            options = [one for one in needed if isinstance(one, click.Option)]
            assert [one.name for one in options if not set(one.opts) & set(rest)] == [], line
            taken = sum(not word.startswith("-") for word in rest)
            assert taken >= len(arguments), line


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)", prose(page)))
        named |= {one for body in fences(page, "sh") for one in re.findall(r"^make ([a-z-]+)", body, re.MULTILINE)}
        assert named <= targets, name(page)


# Settings and addresses.


@each_page
def test_settings_exist(page: Path) -> None:
    named = set(re.findall(r"\b(?:LINGYUAN_[A-Z_]*[A-Z]|DATABASE_URL|PG_BINDIR)\b", text(page)))
    assert named - {one.variable for one in SETTINGS} - OF_TESTS == set()


@pytest.mark.parametrize("page", PAIRS[0], ids=name)
def test_the_readme_lists_every_setting_with_its_default(page: Path) -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", text(page), re.MULTILINE))
    assert list(rows) == [one.variable for one in SETTINGS]
    for one in SETTINGS:
        default = one.default or getattr(Settings, one.key, None)
        if default is not None and one.key != "base_url":
            assert rows[one.variable] == f"`{default}`"


def test_addresses_of_the_api_exist() -> None:
    server = Flask("docs")
    api.install(server, None, ROOT, lambda: None)  # type: ignore[arg-type]  # nothing is asked of the database
    known = {rule.rule for rule in server.url_map.iter_rules()}
    for page in PAGES:
        assert set(re.findall(r"/api/v1/[a-z./]*[a-z]", text(page))) - known == set(), name(page)


@each_page
def test_request_bodies_are_taken(page: Path) -> None:
    bodies = fences(page, "json")
    bodies += [found for body in fences(page, "sh") for found in re.findall(r"-d '(\{.+?\})'", body.replace("\\\n", " "))]
    for body in bodies:
        found = understood(body.encode(), ZoneInfo("Asia/Shanghai"), Topology({}, {}, {}))
        assert [one.facts for one in found.problems] == []
        assert found.series


# Figures, flows, methods, worked accounts.


@pytest.mark.parametrize("page", PAIRS[2], ids=name)
def test_every_figure_is_explained_in_the_words_of_the_screens(page: Path) -> None:
    lang = LANGUAGE[page]
    rows = {key: (title, unit, formula) for key, title, unit, formula in re.findall(
        r"^\| `([a-z0-9_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text(page), re.MULTILINE)}  # fmt: skip
    assert {key: rows.get(key) for key in INDICATORS} == {
        one.key: (t(one.title, lang), one.unit, t(one.formula, lang)) for one in INDICATORS.values()
    }
    assert set(METHODS) <= set(re.findall(r"`([a-z0-9_]+)`", text(page)))


@pytest.mark.parametrize("page", PAIRS[3], ids=name)
def test_every_flow_is_listed(page: Path) -> None:
    named = set(re.findall(r"`([A-Za-z0-9_:]+)`", prose(page)))
    assert {flow.partition(":")[2] or flow for flow in FLOWS} <= named


_QUANTITY = re.compile(r"([a-z0-9_:]+) ([\d.,]+)(?: \(([^)]*)\))?")


def worked() -> Iterator[tuple[str, Account, str]]:
    """Every line `figure = arithmetic = answer` of the worked accounts, with its account."""
    for body in fences(PAIRS[2][0], "account"):
        head, flows, *lines = body.strip().splitlines()
        method, year, *choice = head.split()
        sums = []
        for flow, quantity, extra in (_QUANTITY.fullmatch(one.strip()).groups() for one in flows.split(";")):  # type: ignore[union-attr]
            facts = dict(one.strip().split(" ") for one in (extra or "").replace(", ", ";").split(";") if one)
            parts = {key: value.replace(",", "") for key, value in facts.items()}
            missing = int(parts.pop("missing", 0))
            sums.append(made(flow, quantity.replace(",", ""), missing=missing, **parts))  # type: ignore[arg-type]
        of = account(sums, method=method, year=int(year), choice=int(choice[1]) if choice else None)
        for line in lines:
            yield f"{head}: {line}", of, line


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def computed(arithmetic: str) -> Fraction:
    """The exact value of written arithmetic."""

    def of(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](of(node.left), of(node.right))
        assert isinstance(node, ast.Constant), ast.dump(node)
        return Fraction(str(node.value))

    plain = arithmetic.replace(",", "").translate({ord("×"): "*", ord("−"): "-", ord("÷"): "/"})
    return of(ast.parse(plain.strip(), mode="eval").body)


@pytest.mark.parametrize(("of", "line"), [(of, line) for _, of, line in worked()], ids=[label for label, _, _ in worked()])
def test_worked_answers(of: Account, line: str) -> None:
    key, arithmetic, answer = line.split(" = ")
    key, _, part = key.partition(".")
    figure = of.figures[key]
    share = {"estimated_share": figure.estimated_share}.get(part) if part == "estimated_share" else None
    exact = share if share is not None else getattr(figure.completeness, part) if part else figure.exact
    assert exact is not None, figure.problem
    said = answer.replace(",", "")
    places = len(said.partition(".")[2])
    assert f"{rounded(computed(arithmetic), places):f}" == said
    assert f"{rounded(Fraction(exact), places):f}" == said


# Benches.


def test_the_page_of_the_benches_has_a_place_for_each() -> None:
    page = text(ONE)
    assert page.count("<!-- bench:begin -->") == page.count("<!-- bench:end -->") == 1
    assert page.index("<!-- bench:begin -->") < page.index("<!-- bench:end -->")
    for bench in BENCHES:
        assert f"`{bench}`" in page


def test_every_ratio_is_explained() -> None:
    modules = {module for module, _ in BENCHES.values()}
    source = "".join((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8") for module in modules)
    ratios = re.findall(r'report\.at_(?:least|most)\(\s*f?"([^"]+)"', source)
    assert len(ratios) > 5
    page = text(ONE)
    assert [one for one in ratios if one.replace("{name}", "gate") not in page] == []
