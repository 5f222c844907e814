"""The demo's offset contract: a one-page PDF that says it is none, so that its fingerprint can be shown and checked."""

from __future__ import annotations

from collections.abc import Sequence

from park.demo.claims import Credits


def contract(one: Credits) -> bytes:
    """The PDF for these credits; the same bytes every time."""
    lines = [
        "DEMO - NOT A CONTRACT",
        "Lingyuan demo park: purchase of offsets from an invented coastal project.",
        f"Project: {one.project.project_id}, vintage {one.project.vintage_year}",
        f"Serial numbers: {one.serials.prefix}{one.serials.first} to {one.serials.last}",
        f"Quantity: {one.serials.units} tCO2e",
        "Project, registry, parties and numbers are made up. No credit exists.",
    ]
    return _page(lines)


def _page(lines: Sequence[str]) -> bytes:
    """A PDF 1.4 file of one A4 page with these lines of plain ASCII."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F1 12 Tf 72 770 Td 20 TL " + " T* ".join(f"({line}) Tj" for line in escaped) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + f"xref\n0 {size}\n0000000000 65535 f \n" + table + trailer).encode("ascii")
