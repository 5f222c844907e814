"""A tenant publishes its own quantities into the shared schema, under its own role, in the transaction that changed them."""

from tenants.publish.check import Difference, check
from tenants.publish.run import Touched, derive, publish, refresh, republish

__all__ = ["Difference", "Touched", "check", "derive", "publish", "refresh", "republish"]
