"""The park's tables in the shared schema. Importing this module completes `metadata`."""

from park.models import parks, people
from tenants.models.shared import metadata

__all__ = ["metadata", "parks", "people"]
