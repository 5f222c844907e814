"""Plans for tests, from texts as people write them."""

from __future__ import annotations

from pathlib import Path

from park.gateway import configuration
from park.gateway.plan import Plan
from tests.park.gateway.platform import TOKEN


def plan(
    folder: Path, *, url: str, lines: list[str], devices: list[str], token: str = TOKEN, create: bool = False
) -> Plan:  # fmt: skip
    """The plan of a configuration in the folder."""
    (folder / "token.txt").write_text(token, encoding="utf-8")
    listed = "".join(f"  - {{{one}}}\n" for one in lines)
    kept = "".join(f"  - {{{one}}}\n" for one in devices)
    made = "true" if create else "false"
    text = f'server: {{url: "{url}", token: {{file: token.txt}}, create_meters: {made}}}\n'
    text += f"lines:\n{listed}devices:\n{kept}"
    (folder / "gateway.yaml").write_text(text, encoding="utf-8")
    return configuration.read(folder / "gateway.yaml")
