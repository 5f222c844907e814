"""Frames: those of real meters as their readers state them, the standard's edges, and any frame there and back."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.gateway.dlt645.exchange import Question, Refusal, ask_address, told_address
from park.gateway.dlt645.frame import ANYBODY, WAKE_UP, Frame, FrameBroken, decode, encode, take
from park.gateway.dlt645.identifiers import ITEMS, named

REAL = Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[5] / "shared" / "data")) / "dlt645/frames.jsonl"
ADDRESSES = st.text("0123456789", min_size=12, max_size=12)
FRAMES = st.builds(Frame, ADDRESSES, st.integers(0, 255), st.binary(max_size=255))


@pytest.mark.skipif(not REAL.exists(), reason=f"no test data at {REAL}: set LINGYUAN_TESTDATA")
def test_frames_of_real_meters_are_what_their_readers_say() -> None:
    lines = REAL.read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 20
    for line in lines:
        case = json.loads(line)
        stated = case["stated_by_author"]
        frame = decode(bytes.fromhex(case["hex"]))
        assert frame.address == stated.get("addr", frame.address)
        assert frame.address == bytes.fromhex(stated["addr_raw"])[::-1].hex() if "addr_raw" in stated else True
        identifier = frame.data[:4][::-1].hex().upper()
        assert identifier == stated.get("DI", identifier)
        if "value" in stated:
            found = named(2007, identifier)
            assert found is not None, identifier
            value = Question(2007, frame.address, found[1]).value(frame)
            assert (value, found[1].unit) == (Decimal(stated["value"]), stated["unit"])
        else:
            assert frame.control in (0x11, 0x91)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("6861010000000068910833333433593333338B16", "its checksum is 8B, the bytes give 8A"),
        ("6861010000000068910833333433593333348A16", "its checksum is 8A, the bytes give 8B"),
        ("6861010000000068910833333433593333338A17", "it ends in 17 instead of 16"),
        ("68610100000000689108333334335933", "it ends after 16 of 20 bytes"),
        ("686101", "it ends after 3 of 12 bytes"),
        ("FEFEFEFE", "there is no start byte 68"),
        ("", "there is no start byte 68"),
        ("686101000000006711043333343314165555", "the second byte 68 is missing behind the address"),
        ("686101000000006811043333343314160000", "2 bytes follow its end"),
    ],
)
def test_no_frame_and_why(sent: str, reason: str) -> None:
    with pytest.raises(FrameBroken) as caught:
        decode(bytes.fromhex(sent))
    assert caught.value.message == f"This is no DL/T 645 frame: {reason}"


@given(FRAMES)
def test_any_frame_there_and_back(frame: Frame) -> None:
    assert decode(encode(frame)) == frame
    assert decode(WAKE_UP + encode(frame)) == frame


@given(st.lists(FRAMES, max_size=4), st.binary(max_size=6).filter(lambda noise: 0x68 not in noise), st.data())
def test_frames_come_out_of_a_stream_in_any_pieces(frames: list[Frame], noise: bytes, pieces: st.DataObject) -> None:
    stream = b"".join(noise + encode(frame) for frame in frames)
    found, received = [], b""
    while stream:
        size = pieces.draw(st.integers(1, len(stream)))
        received, stream = received + stream[:size], stream[size:]
        while True:
            frame, received = take(received)
            if frame is None:
                break
            found.append(frame)
    assert found == frames


@given(FRAMES, st.data())
def test_a_changed_byte_is_never_taken_for_the_frame(frame: Frame, choice: st.DataObject) -> None:
    sent = bytearray(encode(frame))
    at = choice.draw(st.integers(0, len(sent) - 1))
    sent[at] ^= choice.draw(st.integers(1, 255))
    with pytest.raises(FrameBroken):
        decode(bytes(sent))


@given(FRAMES, FRAMES)
def test_behind_a_damaged_frame_the_next_is_found(first: Frame, second: Frame) -> None:
    damaged = bytearray(encode(first))
    damaged[-2] ^= 0xFF
    received, found = bytes(damaged) + encode(second), []
    while received:
        try:
            frame, received = take(received)
        except FrameBroken as error:
            received = error.rest
            continue
        if frame is None:
            break
        found.append(frame)
    assert second in found


@pytest.mark.parametrize("address", ["123", "00000000016G", "0000000001612", ""])
def test_an_address_has_twelve_digits(address: str) -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        encode(Frame(address, 0x11))


def test_a_question_of_1997() -> None:
    """Identifier 9010 goes as 43 C3, the control code is 01, the answer's 81; numbers are of the standard's form XXXXXX.XX."""
    question = Question(1997, "000000000001", ITEMS[1997]["energy_import"])
    assert encode(question.frame).hex().upper() == "68010000000000680102" + "43C3" + "DA" + "16"
    answer = Frame("000000000001", 0x81, bytes.fromhex("1090") + bytes.fromhex("56341200"))
    assert question.answered_by(answer)
    assert question.value(decode(encode(answer))) == Decimal("1234.56")
    with pytest.raises(Refusal, match="it has no such data"):
        question.value(Frame("000000000001", 0xC1, b"\x02"))
    assert not Question(2007, "000000000001", ITEMS[2007]["energy_import"]).answered_by(answer)


def test_the_address_is_asked_of_everybody() -> None:
    assert encode(ask_address()).hex().upper() == "68AAAAAAAAAAAA681300DF16"
    assert told_address(Frame("000000000161", 0x93, bytes.fromhex("610100000000"))) == "000000000161"
    assert told_address(Frame("000000000161", 0x91, bytes.fromhex("610100000000"))) is None


def test_only_the_answer_to_the_question_counts() -> None:
    item, other = ITEMS[2007]["energy_import"], ITEMS[2007]["energy_export"]
    question = Question(2007, "000000000161", item)
    assert question.answered_by(Frame("000000000161", 0x91, item.wire() + b"\x01\x00\x00\x00"))
    assert question.answered_by(Frame("000000000161", 0xD1, b"\x01"))
    assert not question.answered_by(Frame("000000000161", 0x91, other.wire() + b"\x01\x00\x00\x00"))  # a late answer
    assert not question.answered_by(Frame("000000000162", 0x91, item.wire() + b"\x01\x00\x00\x00"))  # another meter
    assert not question.answered_by(Frame("000000000161", 0x11, item.wire()))  # our own question, given back
    assert Question(2007, ANYBODY, item).answered_by(Frame("000000000162", 0x91, item.wire() + b"\x01\x00\x00\x00"))


@pytest.mark.parametrize(
    ("word", "reason"),
    [(0b10, "it has no such data"), (0b100, "wrong password or no right"), (1, "another error"), (0, "another error")],
)
def test_a_refusal_says_why(word: int, reason: str) -> None:
    question = Question(2007, "000000000161", ITEMS[2007]["power"])
    with pytest.raises(Refusal, match=reason):
        question.value(Frame("000000000161", 0xD1, bytes([word])))


def test_nothing_in_the_data_is_read_beyond_its_number() -> None:
    """A demand carries the minute it happened behind it."""
    question = Question(2007, "000000000161", ITEMS[2007]["demand_import"])
    assert question.value(Frame("000000000161", 0x91, bytes.fromhex("00000101" + "789012" + "1505010326"))) == Decimal("12.9078")
    with pytest.raises(ValueError, match="too few bytes"):
        question.value(Frame("000000000161", 0x91, bytes.fromhex("00000101" + "7890")))
