"""F1 and F2: archives that are traps are refused fast, in little memory, before any parser sees them."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter

from tenants.ingest.workbook import Limits, understand
from tenants.ingest.workbook.archive import Contents, directory, inspect
from tenants.ingest.workbook.refusals import EncryptedFile, FileRefused, ParserStopped, UnreadableFile, UnsafeFile, WrongType
from tests.tenants.ingest.workbook import bombs
from tests.tenants.ingest.workbook.tables import SHANGHAI, read, workbook

MEASURE = """
import resource, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
from tenants.errors import LingyuanError
from tenants.ingest.workbook import understand
data = Path(sys.argv[1]).read_bytes()
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    understand(data, "a.xlsx", ZoneInfo("Asia/Shanghai"))
    print("taken")
except LingyuanError as error:
    print(error.code)
print(time.process_time() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def looked_at(data: bytes) -> Contents:
    """What the archive holds."""
    return inspect(data, directory(data, "a.xlsx", Limits()), "a.xlsx")


def honest_bomb() -> bytes:
    """One part that says what it is: 450 MB in 0.4 MB."""
    return bombs.raw_zip(
        [("xl/workbook.xml", bombs.packed(b"<workbook/>"), 11), (bombs.SHEET, bombs.inflating(450), 450_000_000)]
    )


def overlapping_bomb() -> bytes:
    """4 GB in 70 KB: sixty parts share the same bytes."""
    kernel = bombs.inflating(66)
    entries = [(f"xl/worksheets/sheet{i}.xml", kernel, 66_000_000) for i in range(60)]
    return bombs.raw_zip([("xl/workbook.xml", bombs.packed(b"<workbook/>"), 11), *entries])


def lying_bomb() -> bytes:
    """450 MB that say they are 1 KB."""
    return bombs.raw_zip([("xl/workbook.xml", bombs.packed(b"<workbook/>"), 11), (bombs.SHEET, bombs.inflating(450), 1000)])


def lying_overlap() -> bytes:
    """Many parts just under every limit on their own."""
    kernel = bombs.inflating(29)
    entries = [(f"xl/worksheets/sheet{i}.xml", kernel, 29_000_000) for i in range(140)]
    return bombs.raw_zip([("xl/workbook.xml", bombs.packed(b"<workbook/>"), 11), *entries])


def crowd() -> bytes:
    """100,000 parts, in a directory that says 500."""
    empty = bombs.packed(b"")
    return bombs.raw_zip([(f"xl/{i}.xml", empty, 0) for i in range(100_000)], declared_count=500)


@pytest.mark.parametrize("build", [honest_bomb, overlapping_bomb, lying_bomb, lying_overlap, crowd])
def test_bombs_are_refused_in_two_seconds_and_a_hundred_megabytes(build: object, tmp_path: Path) -> None:
    assert callable(build)
    file = tmp_path / "a.xlsx"
    file.write_bytes(build())
    done = subprocess.run([sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True, timeout=60)
    code, figures = done.stdout.strip().splitlines()
    seconds, megabytes = map(float, figures.split())
    assert code == "unsafe_file"
    assert seconds < 2
    assert megabytes < 100


def test_far_corner_is_stopped_in_the_child() -> None:
    """Two cells, seventeen thousand million between them: a dense table of it would take 500 GB."""
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    begun = time.monotonic()
    with pytest.raises(ParserStopped) as caught:
        read(bombs.xlsx({bombs.SHEET: bombs.sheet(far)}), "a.xlsx")
    assert time.monotonic() - begun < 10
    assert "memory" in str(caught.value)


def test_a_shared_text_that_multiplies_is_stopped() -> None:
    """One text of a megabyte in a hundred thousand cells."""
    text = b"A" * 1_000_000
    strings = (
        b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + text
        + b"</t></si></sst>"
    )
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 100_001))
    rels = bombs.MINIMAL["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        b'Target="sharedStrings.xml"/></Relationships>',
    )
    data = bombs.xlsx({bombs.SHEET: bombs.sheet(rows), "xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": rels})
    with pytest.raises(FileRefused):
        understand(data, "a.xlsx", SHANGHAI, limits=Limits(ratio_from=10**9))


@pytest.mark.parametrize(
    ("parts", "danger"),
    [
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}, "links"),
        ({"xl/connections2.xml": b'<x><ddeLink ddeService="cmd"/></x>'}, "links"),
        ({bombs.SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]>' + bombs.sheet(b"")}, "entities"),
        ({bombs.SHEET: b'<?xml version="1.0"?><!ENTITY % e SYSTEM "file:///etc/passwd">' + bombs.sheet(b"")}, "entities"),
        ({bombs.SHEET: bombs.sheet(b" " * 262_130 + b"<!DOCTYPE x>")}, "entities"),  # across two chunks
        ({bombs.SHEET: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>'.encode("utf-16")}, "UTF-8"),
    ],
)  # fmt: skip
def test_what_no_table_needs_is_refused(parts: dict[str, bytes], danger: str) -> None:
    with pytest.raises(UnsafeFile) as caught:
        read(bombs.xlsx(parts), "a.xlsx")
    assert danger in str(caught.value)
    assert caught.value.remedy


def test_same_name_twice_is_refused() -> None:
    part = bombs.packed(b"<workbook/>")
    with pytest.raises(UnsafeFile, match="same name"):
        looked_at(bombs.raw_zip([("xl/workbook.xml", part, 11), ("xl/workbook.xml", part, 11)]))


def test_locked_archive_is_named_as_such() -> None:
    data = bytearray(bombs.xlsx())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(EncryptedFile):
        read(bytes(data), "a.xlsx")


def test_declared_too_small_or_cut_off() -> None:
    whole = workbook({"S": [["时间", "kWh"], ["2026-03-01 00:00", 1], ["2026-03-01 00:15", 2]]})
    for broken in (whole[:-30], whole[: len(whole) // 2], whole[:200]):
        with pytest.raises(UnreadableFile):
            read(broken, "a.xlsx")
    size = bombs.packed(bombs.sheet(bombs.ROWS))
    with pytest.raises(UnreadableFile, match="cut off"):
        looked_at(bombs.raw_zip([("xl/workbook.xml", size, 10_000)]))


def test_other_archives_are_named() -> None:
    for part, word in (
        ("word/document.xml", "Word"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "xlsb"),
        ("a.txt", "archive"),
    ):
        with pytest.raises(WrongType, match=word):
            read(bombs.raw_zip([(part, bombs.packed(b"x"), 1)]), "a.xlsx")


def test_a_harmless_one_is_counted() -> None:
    rows = b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#DIV/0!</v></c></row>'
    found = looked_at(bombs.xlsx({bombs.SHEET: bombs.sheet(rows)}))
    assert (found.formulas, found.errors) == (1, 1)


def test_formulas_count_with_the_result_that_is_stored() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, ["时间", "电量(kWh)"])
    for i in range(96):
        sheet.write_string(i + 1, 0, f"2026-03-01 {i // 4:02d}:{i % 4 * 15:02d}")
        sheet.write_formula(i + 1, 1, "=1/3", None, "#DIV/0!" if i == 5 else (i * 37) % 11)
    book.close()
    found = read(out.getvalue(), "a.xlsx")
    assert [str(note) for note in found.notes] == [
        "96 cells hold formulas: the results stored in the file were read",
        "1 cells hold errors such as #DIV/0!: they count as empty",
    ]
    assert int(found.series[0].values.sum()) == (sum((i * 37) % 11 for i in range(96)) - (5 * 37) % 11) * 1000
    assert int((found.series[0].quality == 0).sum()) == 1
