"""One million 15-minute readings of 30 meters: as arrays, as a JSON body, as CSV, as COPY streams for the bare table."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from tenants.ingest.series import Series

METERS = 30
READINGS = 1_000_000
START = 1_735_660_800  # 2025-01-01 00:00 in Asia/Shanghai
STEP_S = 900
_UNIX_TO_2000 = 946_684_800
BARE = "CREATE TABLE IF NOT EXISTS public.bare (meter bigint, at timestamptz, value float8, PRIMARY KEY (meter, at))"
BARE_BINARY = "COPY public.bare FROM STDIN (FORMAT binary)"
BARE_CSV = "COPY public.bare FROM STDIN (FORMAT csv, HEADER)"


@dataclass(frozen=True)
class Meter:
    """One meter's values [Wh], starting with the year."""

    name: str
    wh: NDArray[np.int64]

    @property
    def start(self) -> NDArray[np.int64]:
        """UTC seconds of the interval starts."""
        return START + STEP_S * np.arange(self.wh.size, dtype=np.int64)


def meters(readings: int = READINGS) -> list[Meter]:
    """The readings, the same in every run."""
    random = np.random.default_rng(30)
    share, rest = divmod(readings, METERS)
    return [Meter(str(i + 1), random.integers(0, 500_000, share + (i < rest))) for i in range(METERS)]


def series(made: list[Meter]) -> list[Series]:
    """As the doors hand them to the gate."""
    ends = np.cumsum([m.wh.size for m in made]).tolist()
    return [
        Series(
            m.name, "grid_in", 15, m.start, m.wh, np.ones(m.wh.size, np.uint8),
            np.arange(end - m.wh.size + 1, end + 1, dtype=np.int32),
        )
        for m, end in zip(made, ends, strict=True)
    ]  # fmt: skip


def body(made: list[Meter]) -> bytes:
    """As the request body of POST /api/v1/readings."""
    arrays = [
        {"meter": m.name, "flow": "grid_in", "start": "2025-01-01T00:00:00+08:00", "step_minutes": 15, "unit": "kWh",
         "values": (m.wh / 1000).tolist()}
        for m in made
    ]  # fmt: skip
    return orjson.dumps({"readings": arrays})


def csv(made: list[Meter]) -> bytes:
    """As a file: meter, time with offset, kWh."""
    longest = max(m.wh.size for m in made)
    local = (START + 8 * 3600 + STEP_S * np.arange(longest)).astype("datetime64[s]")
    stamps = np.char.add(np.datetime_as_string(local), "+08:00")
    out = io.StringIO()
    out.write("meter,start,kWh\n")
    for m in made:
        text = [f"{m.name},{at},{wh // 1000}.{wh % 1000:03d}" for at, wh in zip(stamps[: m.wh.size], m.wh.tolist(), strict=True)]
        out.write("\n".join(text) + "\n")
    return out.getvalue().encode()


def binary(made: list[Meter]) -> bytes:
    """As a binary COPY stream into the bare table."""
    record = np.dtype(
        [("fields", ">i2"), ("s1", ">i4"), ("meter", ">i8"), ("s2", ">i4"), ("at", ">i8"), ("s3", ">i4"), ("value", ">f8")]
    )
    parts = []
    for m in made:
        rows = np.empty(m.wh.size, record)
        rows["fields"], rows["s1"], rows["s2"], rows["s3"] = 3, 8, 8, 8
        rows["meter"], rows["at"], rows["value"] = int(m.name), (m.start - _UNIX_TO_2000) * 1_000_000, m.wh / 1000
        parts.append(rows.tobytes())
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"".join(parts) + b"\xff\xff"
