"""The desk of the session's installation."""

from __future__ import annotations

import pytest

from park.people.desk import Desk
from tenants.db import Database
from tests import people


@pytest.fixture
def desk(db: Database) -> Desk:
    """A desk with a key of its own."""
    return people.desk(db)
