"""The command line's help in the language of its user; the words are loaded only when help is asked for."""

from __future__ import annotations

import inspect
import os

import click


def language() -> str:
    """The language of what is printed: LINGYUAN_LANG, Chinese unless set."""
    return "en" if os.environ.get("LINGYUAN_LANG", "zh").lower().startswith("en") else "zh"


OF_CLICK = ("Show this message and exit.", "Show the version and exit.")  # what the library says itself


def spoken(text: str) -> str:
    """A piece of help in the language."""
    if language() == "en":
        return inspect.cleandoc(text)
    from park.words import t

    return t(" ".join(text.split()), "zh")


class Spoken(click.Command):
    """A command whose help is in the language."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph of the help, whole."""
        return spoken(self.help or "").split("\n\n")[0]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the line that shows how the command is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), spoken("Usage:") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(spoken(self.help or ""))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options and, of a group, its commands."""
        options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
        records = [record for one in options if (record := one.get_help_record(ctx))]
        if records:
            with formatter.section(spoken("Options")):
                formatter.write_dl([(name, _told(text)) for name, text in records])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenGroup(Spoken, click.Group):
    """A group of commands whose help is in the language."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the names of the commands with their first lines."""
        with formatter.section(spoken("Commands")):
            formatter.write_dl([(name, one.get_short_help_str()) for name, one in self.commands.items()])


def _told(record: str) -> str:
    """An option's help with what click adds to it, such as `[default: day; required]`."""
    text, bracket, extra = record.rpartition("  [") if record.endswith("]") else (record, "", "")
    if not bracket and record.startswith("[") and record.endswith("]"):
        text, bracket, extra = "", "[", record[1:]
    words = spoken(text) if text else ""
    if language() == "en" or not bracket:
        return words + bracket + extra
    return words + bracket + extra.replace("required", spoken("required")).replace("default:", spoken("default:"))
