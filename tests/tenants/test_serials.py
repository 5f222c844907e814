"""Serial numbers: how ranges are read, and that each is claimed once on the platform."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from tenants import certificates, offsets
from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput
from tenants.serials import Serials, SerialsClaimed, serials
from tests.databases import Installed, new_park, new_tenant

REGISTRY = "国家绿证核发交易系统"


@pytest.mark.parametrize(
    ("text", "prefix", "first", "last"),
    [
        ("GEC-2025-0001 - GEC-2025-2000", "GEC-2025-000", 1, 2000),
        ("GEC-2025-0001 至 GEC-2025-2000", "GEC-2025-000", 1, 2000),
        ("GEC-2025-0001~GEC-2025-0001", "GEC-2025-000", 1, 1),
        ("1-2000", "", 1, 2000),
        ("GEC-7", "GEC-", 7, 7),
        ("123456789012345678901234", "123456", 789012345678901234, 789012345678901234),
    ],
)
def test_a_range_as_people_write_it(text: str, prefix: str, first: int, last: int) -> None:
    assert serials(REGISTRY, text) == Serials(REGISTRY, prefix, first, last)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("GEC-2025-0001 - GEC-2025-2000", ("GEC-2025-0001", "GEC-2025-2000")),
        ("GEC-0099 - GEC-0100", ("GEC-0099", "GEC-0100")),
        ("099-100", ("099", "100")),
        ("99-100", ("99", "100")),
        ("A-001 - A-1000", ("A-001", "A-1000")),
        ("G-0000 - G-0009", ("G-0000", "G-0009")),
        ("G-10 - G-99", ("G-10", "G-99")),
        ("100000000000000000000001", ("100000000000000000000001",) * 2),
    ],
)
def test_numbers_are_shown_with_their_zeros(text: str, ends: tuple[str, str]) -> None:
    assert serials(REGISTRY, text).ends == ends


@pytest.mark.parametrize("text", ["", "abc", "A-1 - B-2", "A-9 - A-2", "1 - 2 - 3", "x" * 300 + "1"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        serials(REGISTRY, text)


def record(db: Database, tenant: str, text: str, registry: str = REGISTRY) -> None:
    with tenant_session(db, tenant) as session:
        certificates.record(session, kind="gec", serials=serials(registry, text), vintage=dt.date(2025, 5, 1), actor="t")


@pytest.mark.parametrize("text", ["G-1 - G-10", "G-5 - G-7", "G-10 - G-99", "g-10", " G-0010"])
def test_any_overlap_is_refused_in_the_same_words_whoever_holds_it(
    installed: Installed, park: str, tenant: str, text: str
) -> None:
    series = tenant[-6:].translate(str.maketrans("0123456789", "ghijklmnop")).upper()
    text = text.upper().replace("G-", f"{series}-") if text[0] != "g" else text.replace("g-", f"{series.lower()}-")
    record(installed.db, tenant, f"{series}-1 - {series}-10")
    told = set()
    for other in (tenant, new_tenant(installed, park), new_tenant(installed, new_park(installed))):
        with pytest.raises(SerialsClaimed) as caught:
            record(installed.db, other, text)
        told.add(caught.value.message)
        assert tenant not in caught.value.message
    assert len(told) == 1


def test_another_series_or_registry_is_free(db: Database, tenant: str) -> None:
    record(db, tenant, "F-1 - F-10")
    record(db, tenant, "F-11")
    record(db, tenant, "E-1 - E-10")
    record(db, tenant, "F-1 - F-10", registry="I-REC")


def test_a_credit_and_a_certificate_of_one_registry_cannot_share_a_number(db: Database, tenant: str) -> None:
    record(db, tenant, "S-1 - S-10", registry="Shared")
    project = offsets.Project("P1", "Mangroves", 2025)
    with tenant_session(db, tenant) as session, pytest.raises(SerialsClaimed):
        offsets.record(session, serials=serials("Shared", "S-3"), project=project, actor="t")


def test_of_many_at_once_one_wins(installed: Installed, park: str) -> None:
    tenants = [new_tenant(installed, park) for _ in range(6)]
    gate, told = threading.Barrier(len(tenants)), []

    def work(name: str) -> None:
        gate.wait()
        try:
            record(installed.db, name, "RACE-1 - RACE-5")
            told.append("won")
        except SerialsClaimed as error:
            told.append(error.message)

    workers = [threading.Thread(target=work, args=(name,)) for name in tenants]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert told.count("won") == 1
    assert len(set(told)) == 2


@pytest.mark.parametrize(
    ("registry", "text"),
    [
        ("ＣＣＥＲ", "{0}-5"),
        ("ccer", "{1}-5"),
        ("CC\u200bER", "{0}-5"),
        ("C CER", "{0}－5"),
        ("CCER", "{0}\u2011005"),
        ("CCER", "{0}-\u00ad5"),
    ],
)
def test_another_way_of_writing_is_no_other_series(db: Database, tenant: str, registry: str, text: str) -> None:
    """Full width, invisible characters and other dashes look the same on paper: one credit would serve two claims."""
    series = tenant[-8:].translate(str.maketrans("0123456789", "ghijklmnop")).upper()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in series)
    record(db, tenant, f"{series}-1 - {series}-9", "CCER")
    with pytest.raises(SerialsClaimed):
        record(db, tenant, text.format(series, wide), registry)
