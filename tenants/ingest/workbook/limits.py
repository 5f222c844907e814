"""How much a file may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bytes, entries and seconds a file may take.

    `ratio` is inflated to packed bytes of one part, looked at from `ratio_from` bytes on: small repetitive parts are normal.
    """

    file_bytes: int = 200 * MB
    zip_entries: int = 2_000
    inflated_bytes: int = 400 * MB
    ratio: int = 150
    ratio_from: int = 30 * MB
    cells: int = 30_000_000
    parse_seconds: int = 60
    parse_bytes: int = 2_000 * MB
