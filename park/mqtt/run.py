"""`lingyuan mqtt`: takes readings from a broker until told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Final

import structlog

from park.flood import TooMuch
from park.installation import Installation
from park.mqtt import files, topics
from park.mqtt.hand import Apart, Hand, Here, Work, settle
from park.mqtt.inbox import Inbox
from park.mqtt.intake import Taken
from park.mqtt.link import Address, Link
from park.mqtt.mappings import MAPPINGS, TIMELESS
from park.mqtt.message import Message
from park.mqtt.replies import Replies, Reply
from park.mqtt.senders import Senders
from tenants.db import Database
from tenants.errors import LingyuanError, Unavailable
from tenants.ingest.parcels import Outcome

log = structlog.get_logger("mqtt")
HANDS: Final = 3  # transactions at the same time; each keeps to its own senders, so no tenant waits for itself
MOST_APART: Final = 4  # processes that commit; there is one for each core, and none where there is but one
LINGER_S: Final = 0.02  # a transaction costs as much as a hundred readings: a moment for company pays
LONGEST_PAUSE_S: Final = 5.0
SWITCH_S: Final = 0.0005  # a hand whose answer has come shall not wait five milliseconds for the other to look up
FILES_EVERY_S: Final = 10.0


class Subscriber:
    """One link, and hands that commit what comes over it: `apart` of them in processes of their own, or some in this one."""

    def __init__(self, house: Installation, apart: int = 0) -> None:
        settings = house.settings
        self.house = house
        self.replies = Replies(settings.lang, settings.mqtt_answers == "refusals")
        self.inboxes = [Inbox() for _ in range(apart or HANDS)]
        self.databases = [Database(house.prefix, house.engine("app", pool_size=1), house.db.viewer) for _ in self.inboxes]
        self.hands: list[Hand] = [(Apart if apart else Here)(house, self.replies) for _ in self.inboxes]
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
            threading.Thread(target=self._work, args=each, name=f"hand-{number}", daemon=True)
            for number, each in enumerate(zip(self.inboxes, self.hands, map(Senders, self.databases), strict=True))
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
            for hand, database in zip(self.hands, self.databases, strict=True):
                hand.close()
                database.app.dispose()

    def stop(self) -> None:
        """Lets go after the transactions that run; what waits stays with the broker."""
        self.stopping.set()

    def _deliver(self, message: Message) -> None:
        inbox = self.inboxes[zlib.crc32(message.sender.encode()) % len(self.inboxes)]
        if not inbox.put(message):
            error = TooMuch(most=inbox.per_minute, what="messages", seconds=60)
            self.counts["refused"] += 1
            self._close([message], self.replies.of([Taken(message, Outcome(error=error))]))

    def _lost(self) -> None:
        for inbox in self.inboxes:
            inbox.clear()

    def _work(self, inbox: Inbox, hand: Hand, senders: Senders) -> None:
        pause = 0.1
        try:
            while not self.stopping.is_set():
                sender = inbox.turn(0.5)
                if sender is None:
                    continue
                if inbox.count < 100:
                    time.sleep(LINGER_S)
                pause = self._commit(inbox, hand, senders, sender, pause)
        except Exception as error:
            log.exception("a hand has failed")
            self.fault = error

    def _commit(self, inbox: Inbox, hand: Hand, senders: Senders, turn: str, pause: float) -> float:
        """Takes what waits of one tenant. While the database is away the messages are kept here and nothing is acknowledged."""
        messages: list[Message] = []
        while not self.stopping.is_set():
            try:
                found = senders.of(turn, inbox.senders())
                messages = messages or inbox.take(senders.companions(found, inbox.senders()))
                if not messages:
                    return pause
                replies = hand.does(Work(found.tenant, messages, found.refusal))
                self.counts["transactions"] += 1
                self.counts["messages"] += len(messages)
                self._close(messages, replies)
                return 0.1
            except Unavailable:
                log.warning("the database is away", waiting=len(messages) + inbox.count, again_in_s=pause)
                self.stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
        return pause

    def _close(self, messages: list[Message], replies: list[Reply]) -> None:
        """Answers, then acknowledges: killed between the two, the message comes again and is answered again."""
        for reply in replies:
            self.link.answer(reply.topic, reply.body, reply.correlation)
        self.link.acknowledge(messages)


def run(house: Installation) -> None:
    """Takes readings until SIGTERM or SIGINT; keeps the broker's files as the tokens are, if it is told where they lie."""
    sys.setswitchinterval(SWITCH_S)
    settle()
    cores = os.cpu_count() or 1
    subscriber = Subscriber(house, apart=min(cores, MOST_APART) if cores > 1 else 0)
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
