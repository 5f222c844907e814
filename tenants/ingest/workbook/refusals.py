"""Why a file as a whole cannot be read: each says where and what to do."""

from __future__ import annotations

from typing import ClassVar

from tenants.errors import LingyuanError


class FileRefused(LingyuanError):
    """{name} cannot be read."""

    status: ClassVar[int] = 422


class FileTooLarge(FileRefused):
    """{name} has {size} MB; at most {limit} MB can be read."""

    status = 413
    remedy = "Export a shorter period, or split the file."


class EmptyFile(FileRefused):
    """{name} is empty."""

    remedy = "Export it again and look at it before sending it."


class WrongType(FileRefused):
    """{name} is {kind}, not a table."""

    status = 415
    remedy = "Choose an Excel workbook (.xlsx, .xls) or a text table (.csv, .txt). A scan or photo is attached to a bill instead."


class UnreadableFile(FileRefused):
    """{name} is damaged or not what its name says: {problem}"""

    remedy = "Open it in Excel or WPS, save it as .xlsx or .csv, and send that."


class EncryptedFile(FileRefused):
    """{name} is protected with a password."""

    remedy = "Open it with the password, save it without one, and send that."


class UnsafeFile(FileRefused):
    """{name} is refused: {danger}"""

    remedy = "Copy the values (without macros, links and formulas) into a new workbook, or save it as .csv."


class ParserStopped(FileRefused):
    """{name} needs more {what} to read than is allowed."""

    status = 413
    remedy = "Delete empty rows, columns and sheets, or save it as .csv."


class NoTable(FileRefused):
    """{name} holds no table: no row of data was found."""

    remedy = "One row of column titles, then one row for each time. A template can be downloaded."


class NoTimeColumn(FileRefused):
    """{name} has no column with dates or times. Columns: {columns}"""

    remedy = "Put the date and time of each reading into a column, for example 2026-03-01 00:15, or say which column it is."


class NoClockColumn(FileRefused):
    """{name} has about {count} rows for each date in {column}, and no column that tells them apart."""

    remedy = "Add the time of day of each row, or the name of its meter, in a column with a title."


class NoValueColumn(FileRefused):
    """{name} has no column with a quantity that can be taken. {column}: {reason}. Columns: {columns}"""

    remedy = "Put quantity and unit into the column's title, for example 用电量(kWh), or say which column it is."


class MixedUnits(FileRefused):
    """Column {column} mixes units: {first_unit} in row {first_row}, {second_unit} in row {second_row}."""

    remedy = "Give each unit its own column, or convert the column to one unit."


class UnknownUnit(FileRefused):
    """{unit} is not a unit that fits column {column}."""

    remedy = "One of: {choices}"


class UnknownColumn(FileRefused):
    """There is no column {column}. Columns: {columns}"""

    remedy = "Name the column as it is written in the file."


class UnknownSheet(FileRefused):
    """There is no sheet {sheet}. Sheets: {sheets}"""

    remedy = "Name the sheet as it is written in the file."


class UnknownStep(FileRefused):
    """The times of {meter} are mostly {minutes} minutes apart."""

    remedy = "Intervals of 1, 5, 15, 30 or 60 minutes can be taken, days and months as bills. Export one of these."


class OneTooMany(FileRefused):
    """The titles name {count} times from 00:00 to 24:00, one more than the day has intervals."""

    remedy = "Delete the column 00:00 if the times name the end of an interval, 24:00 if they name its start."


class OneReading(FileRefused):
    """{meter} has one time only (row {row}), so the length of the interval cannot be told."""

    remedy = "Say how many minutes one row stands for, or send more rows."


class UnknownZone(FileRefused):
    """{zone} is no time zone."""

    remedy = "Write UTC, local, or a zone such as Asia/Shanghai or Europe/Berlin."


class YearTurns(FileRefused):
    """The dates of {name} have no year, and run over New Year."""

    remedy = "Write the year into the dates, for example 2026-01-05, or send each year as a file of its own."


class YearUnknown(FileRefused):
    """The months or days of {name} have no year."""

    remedy = "Say which year it is, or write the year into the titles, for example 2026年1月."
