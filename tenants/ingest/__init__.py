"""Data in: several doors, one gate."""
