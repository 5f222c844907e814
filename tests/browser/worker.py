"""What the worker process does in a running installation, in a thread: prepares workspaces and enters what was kept for them."""

from __future__ import annotations

import threading
from types import TracebackType

from park import held, members
from park.access import accounts_session
from tests.databases import Installed


class Worker:
    """Runs while the `with` block does."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Worker:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.ending.set()
        self.thread.join(30)

    def _run(self) -> None:
        db = self.installed.db
        while not self.ending.wait(0.2):
            with accounts_session(db) as session:
                names = [row.name for row in session.rows("SELECT name FROM shared.tenant WHERE state = 'provisioning'")]
            for name in names:
                members.provision_now(db, self.installed.owner, name)
                held.enter_kept(db, name, "worker")
