"""A tenant leaves: exported into one file, restored from it, or erased without a residue."""

from park.offboarding.archive import NotAnExport
from park.offboarding.erasure import PUBLISHED, erase, find
from park.offboarding.exporting import export
from park.offboarding.restoring import SerialsTaken, restore

__all__ = ["PUBLISHED", "NotAnExport", "SerialsTaken", "erase", "export", "find", "restore"]
