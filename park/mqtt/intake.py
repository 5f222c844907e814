"""Messages of one tenant into its curves: together in one transaction, one by one where that does not work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import orjson
import structlog

from park.mqtt import topics
from park.mqtt.mappings import MAPPINGS
from park.mqtt.mappings.mapped import Given, Mapped, percent
from park.mqtt.message import LARGEST_BYTES, Message
from park.people.tokens import TokenWrong
from tenants import devices
from tenants.db import Database, TenantSession, tenant_session
from tenants.devices import Heard, Refusal
from tenants.errors import LingyuanError, Unavailable
from tenants.ingest.parcels import Entangled, Outcome, Parcel, take

log = structlog.get_logger("mqtt")
DOOR = "mqtt"


class MessageTooLarge(LingyuanError):
    """The message is larger than {most} KB."""

    status = 413
    remedy = "Send it in parts, or over HTTP."


class MessageUnreadable(LingyuanError):
    """The message is no JSON."""

    status = 400
    remedy = "Send UTF-8 JSON, as `POST /api/v1/readings` takes it."


class TopicUnknown(LingyuanError):
    """There is no topic {topic} for messages."""

    status = 404
    remedy = "Publish to ly/<token id>/readings, or to the topic of one of the forms: {forms}"


class OurFault(LingyuanError):
    """The message could not be taken because of a fault of the platform, whose operator finds it in the log."""

    status = 500
    remedy = "Keep the reading; tell the park's operator the time of this message."


@dataclass(frozen=True)
class Taken:
    """A message with what became of it."""

    message: Message
    outcome: Outcome


def commit(db: Database, tenant: str, messages: Sequence[Message], bury: Callable[[Message, Exception], None]) -> list[Taken]:
    """What became of each message. All of it is committed when this returns.

    One that brings the others down is found by taking them one by one; if it fails alone, it is refused, and `bury` keeps it.

    Raises:
        Unavailable: the database is away; nothing was taken that is not committed.
    """
    try:
        with tenant_session(db, tenant) as session:
            return _take(session, messages)
    except Unavailable:
        raise
    except Entangled:
        pass
    except Exception as error:
        if len(messages) == 1:
            return [_buried(db, tenant, messages[0], error, bury)]
        log.warning("taken one by one", tenant=tenant, messages=len(messages), reason=repr(error)[:200])
    return [one for message in messages for one in commit(db, tenant, [message], bury)]


def refuse(db: Database, tenant: str | None, messages: Sequence[Message], error: LingyuanError | None) -> list[Taken]:
    """The messages refused for one reason (None: the token is unknown), which the tenant finds on its list of devices."""
    error = error or TokenWrong()
    if tenant is not None:
        with tenant_session(db, tenant) as session:
            senders = sorted({one.sender for one in messages})
            counts = {sender: sum(one.sender == sender for one in messages) for sender in senders}
            told = [Heard(one, errors=counts[one], refusal=Refusal.of(error)) for one in senders]
            devices.note(session, told, door=DOOR)
    return [Taken(one, Outcome(error=error)) for one in messages]


def _take(session: TenantSession, messages: Sequence[Message]) -> list[Taken]:
    opened = [_open(message, session.zone) for message in messages]
    parcels = [one for one in opened if isinstance(one, Parcel)]
    outcomes = iter(take(session, parcels, door=DOOR))
    taken, told = [], []
    for message, one in zip(messages, opened, strict=True):
        if isinstance(one, Parcel):
            taken.append(Taken(message, next(outcomes)))
            continue
        error = one if isinstance(one, LingyuanError) else None
        taken.append(Taken(message, Outcome(error=error)))
        refusal = None if error is None else Refusal.of(error)
        told.append(Heard(message.sender, errors=int(error is not None), refusal=refusal, signal=one if error is None else None))  # type: ignore[arg-type]
    devices.note(session, told, door=DOOR)
    return taken


def _open(message: Message, zone: ZoneInfo) -> Parcel | LingyuanError | int | None:
    """The message as a parcel; a refusal; or, of one without readings, the signal it tells, if any."""
    if len(message.body) > LARGEST_BYTES:
        return MessageTooLarge(most=LARGEST_BYTES >> 10)
    topic = topics.parse(message.topic)
    if topic is None:
        return TopicUnknown(topic=message.topic[:200], forms=" ".join(MAPPINGS))
    if topic.kind == topics.READINGS:
        return Parcel(message.sender, message.body, message.create)
    try:
        mapped = _mapped(message, topic, zone)
    except LingyuanError as error:
        return error
    if not mapped.readings:
        return mapped.signal
    return Parcel(message.sender, orjson.dumps(mapped.body()), message.create, mapped.signal)


def _mapped(message: Message, topic: topics.Topic, zone: ZoneInfo) -> Mapped:
    try:
        content = orjson.loads(message.body)
    except ValueError:
        raise MessageUnreadable() from None
    if topic.kind == topics.STATUS:
        return Mapped(signal=percent(content.get("signal")) if isinstance(content, dict) else None)
    if topic.kind not in MAPPINGS:
        raise TopicUnknown(topic=message.topic[:200], forms=" ".join(MAPPINGS))
    arrived = dt.datetime.fromtimestamp(int(message.arrived), zone)
    return MAPPINGS[topic.kind](Given(content, topic.rest, arrived, zone, topic.kind))


def _buried(db: Database, tenant: str, message: Message, error: Exception, bury: Callable[[Message, Exception], None]) -> Taken:
    refusal = error if isinstance(error, LingyuanError) else OurFault()
    if refusal is not error:
        log.exception("a message could not be taken", tenant=tenant, topic=message.topic, exc_info=error)
        bury(message, error)
    return refuse(db, tenant, [message], refusal)[0]
