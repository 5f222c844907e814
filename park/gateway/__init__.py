"""The small process for the factory floor: polls meters, keeps what it read on disk, forwards it. It knows no database server."""
