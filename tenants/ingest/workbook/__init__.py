"""Reading files as people have them: bytes in, series out. No database."""

from tenants.ingest.workbook.held import understand_held
from tenants.ingest.workbook.limits import Limits
from tenants.ingest.workbook.result import (
    BillRow,
    Column,
    Format,
    HeldRow,
    HeldSheet,
    Hints,
    Message,
    Question,
    Understanding,
)
from tenants.ingest.workbook.understanding import understand

__all__ = [
    "BillRow",
    "Column",
    "Format",
    "HeldRow",
    "HeldSheet",
    "Hints",
    "Limits",
    "Message",
    "Question",
    "Understanding",
    "understand",
    "understand_held",
]
