"""The HTTP API: the command line's functions behind tokens. OpenAPI 3.1 at /api/v1/openapi.json."""

from park.api.install import install

__all__ = ["install"]
