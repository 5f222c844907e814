"""Cumulative readings of register meters: kept as raw evidence, turned into curves, with what was done to the meters."""
