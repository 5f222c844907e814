"""The files of a mosquitto broker: who may connect, what each may do, and a configuration to start with.

passwords        one line per token that is good now, and our own
acl              a sender writes below ly/<its id>/ and reads its answers; we read and write below ly/
mosquitto.conf   an example; written once, then yours
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path
from typing import Final

import structlog

from park.access import accounts_session
from park.installation import Installation
from park.mqtt.message import LARGEST_BYTES
from park.mqtt.topics import ANSWERS, ROOT
from park.people.tokens import broker_entry
from tenants.db import Database

log = structlog.get_logger("mqtt")
USER: Final = "lingyuan"
OWN_ENTRY: Final = "mqtt-entry"
ACL: Final = f"""# Written by lingyuan: what each user of the broker may do.

user {USER}
topic readwrite {ROOT}/#

# A user is a token: its name is the token's public id.
pattern write {ROOT}/%u/#
pattern read {ROOT}/%u/{ANSWERS}/#
"""
CONFIGURATION: Final = """# An example for mosquitto 2, written once by `lingyuan mqtt-files`; change it as you like.
# For devices outside this computer: a listener with certificates (listener 8883, certfile, keyfile).

listener 1883 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
pid_file {folder}/mosquitto.pid

# What a device has handed over survives a restart of the broker. After a power cut the last seconds may be gone unless
# the device waits for the platform's answer (see the documentation).
persistence true
persistence_location {folder}/store/
autosave_interval 5

# The platform acknowledges a message once it is stored, many at a time: the usual 20 on their way would make it wait, and
# the usual 1,000 in the queue would lose what comes while it is away.
max_inflight_messages 0
max_queued_messages 0

# Larger than the platform takes, so that it can tell the device; beyond, the broker hangs up without a word.
message_size_limit {largest}
"""


def write(house: Installation, folder: Path) -> bool:
    """Writes what has changed, and tells the broker if it runs from this folder. Whether anything had changed."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    changed = _replace(folder / "passwords", "".join(f"{user}:{entry}\n" for user, entry in _entries(house)))
    changed |= _replace(folder / "acl", ACL)
    configuration = folder / "mosquitto.conf"
    if not configuration.exists():
        (folder / "store").mkdir(mode=0o750, exist_ok=True)
        _owned(folder / "store")
        changed |= _replace(configuration, CONFIGURATION.format(folder=folder, largest=4 * LARGEST_BYTES))
    _owned(folder)
    if changed:
        _tell(folder / "mosquitto.pid")
    return changed


def _entries(house: Installation) -> list[tuple[str, str]]:
    """Users with their password entries: ours, made once, so that an unchanged list stays unchanged; then the tokens."""
    secrets = house.settings.secrets
    if not secrets.has(OWN_ENTRY):
        secrets.write(OWN_ENTRY, broker_entry(secrets.create("mqtt")), replace=False)
    return [(USER, secrets.read(OWN_ENTRY)), *_tokens(house.db)]


def _tokens(db: Database) -> list[tuple[str, str]]:
    with accounts_session(db) as session:
        rows = session.rows(
            "SELECT k.id, k.broker FROM shared.token k JOIN shared.tenant t ON t.name = k.tenant "
            "WHERE k.revoked IS NULL AND k.expires > now() AND t.state = 'active' "
            "AND 'readings:write' = ANY(k.scopes) ORDER BY k.id"
        )
    return [(row.id, row.broker) for row in rows]


def _replace(path: Path, text: str) -> bool:
    """Writes the file whole or not at all; whether it differed. Not for everybody's eyes."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _owned(draft)
    draft.replace(path)
    return True


def _owned(path: Path) -> None:
    """Gives it to the broker's account, where there is one and we may; otherwise the broker runs as ours."""
    with contextlib.suppress(LookupError, PermissionError):
        shutil.chown(path, "mosquitto" if path.name == "store" else None, "mosquitto")


def _tell(pid_file: Path) -> None:
    """SIGHUP: mosquitto reads passwords and rules again, and lets go of those that are no longer good."""
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
        if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "mosquitto":
            os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError) as error:
        log.info("the broker was not told; it reads its files when it starts", reason=type(error).__name__)
