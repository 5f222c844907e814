"""The command line: every main job without a browser, in the same words as the screens."""

from park.cli.root import main

__all__ = ["main"]
