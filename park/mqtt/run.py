"""`lingyuan mqtt`: takes readings from a broker until told to stop."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson
import structlog

from park.flood import TooMuch
from park.installation import Installation
from park.mqtt import files, intake, topics
from park.mqtt.inbox import Inbox
from park.mqtt.intake import Taken
from park.mqtt.link import Address, Link
from park.mqtt.mappings import MAPPINGS, TIMELESS
from park.mqtt.message import Message
from park.mqtt.senders import Senders
from park.people.tokens import TokenWrong
from park.words import placed, say
from tenants.db import Database
from tenants.errors import LingyuanError, Unavailable
from tenants.ingest.parcels import Outcome

log = structlog.get_logger("mqtt")
HANDS: Final = 3  # transactions at the same time; each keeps to its own senders, so no tenant waits for itself
LINGER_S: Final = 0.02  # a transaction costs as much as a hundred readings: a moment for company pays
LONGEST_PAUSE_S: Final = 5.0
SWITCH_S: Final = 0.0005  # a hand whose answer has come shall not wait five milliseconds for the other to look up
FILES_EVERY_S: Final = 10.0
MOST_BURIED: Final = 1_000


class Subscriber:
    """One link, and hands that commit what comes over it."""

    def __init__(self, house: Installation, hands: int = HANDS) -> None:
        settings = house.settings
        self.house = house
        self.lang = settings.lang
        self.tell_refusals = settings.mqtt_answers == "refusals"
        self.inboxes = [Inbox() for _ in range(hands)]
        self.databases = [Database(house.prefix, house.engine("app", pool_size=1), house.db.viewer) for _ in range(hands)]
        self.link = Link(
            Address.of(settings.mqtt_url or "", files.USER, settings.secrets), f"lingyuan-{house.prefix}", settings.mqtt_version,
            topics.subscriptions(MAPPINGS, TIMELESS), self._deliver, self._lost,
        )  # fmt: skip
        self.stopping = threading.Event()
        self.fault: Exception | None = None
        self.counts = {"messages": 0, "refused": 0, "transactions": 0}

    def run(self) -> None:
        """Works until `stop`; raises what broke it, so that the supervisor starts it anew."""
        threads = [
            threading.Thread(target=self._work, args=hand, name=f"hand-{number}", daemon=True)
            for number, hand in enumerate(zip(self.inboxes, self.databases, strict=True))
        ]
        for thread in threads:
            thread.start()
        self.link.start()
        try:
            while not self.stopping.wait(0.2):
                if fault := self.fault or self.link.fault:
                    raise fault
        finally:
            self.stopping.set()
            for inbox in self.inboxes:
                inbox.close()
            for thread in threads:
                thread.join(20)
            self.link.stop()
            for database in self.databases:
                database.app.dispose()

    def stop(self) -> None:
        """Lets go after the transactions that run; what waits stays with the broker."""
        self.stopping.set()

    def _deliver(self, message: Message) -> None:
        inbox = self.inboxes[zlib.crc32(message.sender.encode()) % len(self.inboxes)]
        if not inbox.put(message):
            error = TooMuch(most=inbox.per_minute, what="messages", seconds=60)
            self.counts["refused"] += 1
            self._close([Taken(message, Outcome(error=error))])

    def _lost(self) -> None:
        for inbox in self.inboxes:
            inbox.clear()

    def _work(self, inbox: Inbox, db: Database) -> None:
        senders, pause = Senders(db), 0.1
        try:
            while not self.stopping.is_set():
                sender = inbox.turn(0.5)
                if sender is None:
                    continue
                if inbox.count < 100:
                    time.sleep(LINGER_S)
                pause = self._commit(inbox, db, senders, sender, pause)
        except Exception as error:
            log.exception("a hand has failed")
            self.fault = error

    def _commit(self, inbox: Inbox, db: Database, senders: Senders, turn: str, pause: float) -> float:
        """Takes what waits of one tenant. While the database is away the messages are kept here and nothing is acknowledged."""
        messages: list[Message] = []
        while not self.stopping.is_set():
            try:
                found = senders.of(turn, inbox.senders())
                messages = messages or inbox.take(senders.companions(found, inbox.senders()))
                if not messages:
                    return pause
                if found.refusal is not None or found.tenant is None:
                    taken = intake.refuse(db, found.tenant, messages, found.refusal or TokenWrong())
                else:
                    taken = intake.commit(db, found.tenant, messages, self._bury)
                self.counts["transactions"] += 1
                self.counts["messages"] += len(messages)
                self._close(taken)
                return 0.1
            except Unavailable:
                log.warning("the database is away", waiting=len(messages) + inbox.count, again_in_s=pause)
                self.stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
        return pause

    def _close(self, taken: Sequence[Taken]) -> None:
        """Answers, then acknowledges: killed between the two, the message comes again and is answered again."""
        for one in taken:
            topic = topics.parse(one.message.topic)
            reference = "/".join(topic.rest) if topic and topic.kind == topics.READINGS else ""
            refused = one.outcome.error is not None or bool(one.outcome.rejected)
            asked = reference or one.message.reply_to
            if topic is not None and (asked or (refused and self.tell_refusals)):
                own = one.message.reply_to
                where = own if own and topics.is_of(own, topic.sender) else topics.answers_of(topic.sender)
                self.link.answer(where, self._answer(one, reference), one.message.correlation)
        self.link.acknowledge([one.message for one in taken])

    def _answer(self, one: Taken, reference: str) -> bytes:
        outcome = one.outcome
        told: dict[str, object] = {"reference": reference} if reference else {}
        if outcome.error is not None:
            return orjson.dumps({**told, "status": outcome.error.status, "error": say(outcome.error, self.lang)}, default=str)
        told |= {"status": 200, "rows": outcome.rows, "conflicting": outcome.conflicting}
        return orjson.dumps({**told, "rejected": placed(outcome.rejected, self.lang)})

    def _bury(self, message: Message, error: Exception) -> None:
        """Keeps a message that brought our own code down, for whoever mends it."""
        folder = self.house.settings.home / "unread"
        folder.mkdir(mode=0o700, exist_ok=True)
        if len(os.listdir(folder)) < MOST_BURIED:
            name = f"{int(message.arrived)}-{zlib.crc32(message.body):08x}"
            (folder / f"{name}.json").write_bytes(message.body)
            (folder / f"{name}.txt").write_text(f"{message.topic}\n{error!r}\n", encoding="utf-8")


def run(house: Installation) -> None:
    """Takes readings until SIGTERM or SIGINT; keeps the broker's files as the tokens are, if it is told where they lie."""
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # what a message leaves behind has no cycles
    subscriber = Subscriber(house)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: subscriber.stop())
    folder = house.settings.mqtt_files
    if folder is not None:
        threading.Thread(target=_keep_files, args=(house, folder, subscriber.stopping), name="files", daemon=True).start()
    subscriber.run()
    log.info("stopped", **subscriber.counts)


def _keep_files(house: Installation, folder: Path, stopping: threading.Event) -> None:
    while not stopping.wait(FILES_EVERY_S):
        try:
            files.write(house, folder)
        except (LingyuanError, OSError) as error:
            log.warning("the broker's files could not be written", reason=str(error))
