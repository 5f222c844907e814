"""The tables are whole and frozen, and a changed number is seen in review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tenants.factors import FACTOR_SET, tables, windows
from tenants.factors.factor import KIND_NAMES
from tenants.flows import FLOW_NAMES, FLOWS

SNAPSHOT = Path(__file__).parent / "snapshot.txt"
CSV = [one.name for one in files("tenants.factors").iterdir() if one.name.endswith(".csv")]


def lines() -> Iterator[str]:
    """One line for each number the product computes with."""
    yield f"factor set {FACTOR_SET}"
    for yearly in (tables.grid(), tables.footprint()):
        for by_year in yearly.values():
            for row in by_year.values():
                yield f"{row.id} {row.value} {row.unit} {row.gases} {_mark(row.verified)}"
    for years in tables.equivalents().values():
        for row in years.values():
            yield f"{row.id} {row.value} {row.unit} {_mark(row.verified)}"
    for row in (*tables.constants().values(), *tables.warming().values()):
        yield f"{row.id} {row.value} {row.unit} {row.gases} {_mark(row.verified)}"
    for fuel in tables.fuels().values():
        yield (
            f"fuel/{fuel.set}/{fuel.key} per {fuel.unit}: {fuel.kgce} kgce, {fuel.ncv_gj} GJ, {fuel.carbon_tc_per_gj} tC/GJ, "
            f"oxidation {fuel.oxidation} {fuel.gases} {_mark(fuel.verified)}"
        )
    for limit in tables.limits():
        yield (
            f"limit/{limit.jurisdiction}/{limit.indicator}/{limit.year} {limit.from_tce}-{limit.below_tce} tce: "
            f"{limit.sense} {limit.limit} {limit.unit} {_mark(limit.verified)}"
        )
    for area in windows.areas():
        table = windows.window_table(area)
        for month, slots in enumerate(table.slots, start=1):
            yield f"windows/{area}/{month:02d} {''.join(map(str, slots))}"


def _mark(verified: bool) -> str:
    return "verified" if verified else "UNVERIFIED"


def test_a_changed_number_shows_in_review() -> None:
    """Renew with `python -m tests.tenants.factors.test_tables`, and raise FACTOR_SET."""
    assert list(lines()) == SNAPSHOT.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", CSV)
def test_every_row_has_a_source_and_a_status(name: str) -> None:
    found = list(tables.rows(name))
    assert found
    for row in found:
        assert None not in row
        assert row["source"].strip()
        assert row["verified"] in ("yes", "no")
        # A value that was only remembered is never called verified.
        assert not ("from memory" in row["source"] and row["verified"] == "yes") or "from memory)" in row["source"]


@pytest.mark.parametrize("name", [*CSV, "SOURCES.md"])
def test_no_text_that_means_nothing_to_a_reader(name: str) -> None:
    text = files("tenants.factors").joinpath(name).read_text("utf-8")
    assert not re.search(r"file id|find_string|read_file|/work/|/tmp/|retrieved 20", text)


def test_counts() -> None:
    assert sum(len(years) for years in tables.grid().values()) == 120
    assert len(tables.fuels()) == 27
    assert len(windows.areas()) == 32
    assert {key for of_set, key in tables.fuels() if of_set == "A"} == {
        flow.removeprefix("fuel:") for flow in FLOWS if flow.startswith("fuel:")
    }


def test_fuel_units_are_those_of_the_flows() -> None:
    for fuel in tables.fuels().values():
        assert FLOWS[f"fuel:{fuel.key}"].unit == {"t": "kg", "1e4Nm3": "Nm3"}[fuel.unit]


def test_everything_has_a_name() -> None:
    kinds = {row.kind for by_year in (*tables.grid().values(), *tables.footprint().values()) for row in by_year.values()}
    kinds |= {row.kind for by_year in tables.equivalents().values() for row in by_year.values()}
    kinds |= {row.kind for row in (*tables.constants().values(), *tables.warming().values())}
    assert kinds <= set(KIND_NAMES)
    assert set(FLOW_NAMES) == set(FLOWS)


def test_the_tables_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        tables.grid()[("provincial_average", "重庆")] = {}  # type: ignore[index]
    row = tables.grid()[("provincial_average", "重庆")][2023]
    with pytest.raises(AttributeError):
        row.value = row.value  # type: ignore[misc]


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(lines()) + "\n", "utf-8")
