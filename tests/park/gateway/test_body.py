"""Bodies as the platform's door takes them, exact to the last digit, and places in them."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from park.gateway import schedule
from park.gateway.body import compose
from park.gateway.reading import Reading

AT = 1_772_294_400
READINGS = st.lists(
    st.builds(
        Reading, st.just("registers"), st.sampled_from(["甲", "乙", "3#"]), st.sampled_from([None, "grid_in", "grid_out"]),
        st.just("kWh"), st.integers(AT, AT + 10**6), st.decimals(0, 10**9, places=3),
    ),
    max_size=30,
)  # fmt: skip


@given(READINGS)
def test_every_place_names_its_reading(readings: list[Reading]) -> None:
    made = compose("registers", readings)
    assert made == compose("registers", readings)
    body = json.loads(made.content, parse_float=Decimal, parse_int=Decimal)
    seen = []
    for i, item in enumerate(body["registers"]):
        for j, (at, value) in enumerate(zip(item["at"], item["readings"], strict=True)):
            for inner in (f"registers[{i}].readings[{j}]", f"registers[{i}].at[{j}]"):
                assert len(made.named(inner)) == 1
            number = made.named(f"registers[{i}].readings[{j}]")[0]
            one = readings[number]
            assert (one.meter, one.flow, one.value, schedule.written(one.at)) == (item["meter"], item.get("flow"), value, at)
            seen.append(number)
        assert set(made.named(f"registers[{i}].meter")) == set(made.groups[i]) == set(made.named(f"registers[{i}]"))
    assert sorted(seen) == list(range(len(readings)))


def test_rows() -> None:
    made = compose("rows", [
        Reading("rows", "甲", "pv_gen", "kW", AT, Decimal("1.250"), 15),
        Reading("rows", "乙", None, "kW", AT, Decimal("3E+2"), 15, estimated=True),
    ])  # fmt: skip
    assert b'"value":1.250' in made.content
    assert json.loads(made.content) == {"rows": [
        {"meter": "甲", "flow": "pv_gen", "unit": "kW", "start": schedule.written(AT), "step_minutes": 15, "value": 1.25},
        {"meter": "乙", "unit": "kW", "start": schedule.written(AT), "step_minutes": 15, "value": 300, "quality": "estimated"},
    ]}  # fmt: skip
    assert (made.named("rows[1].value"), made.named("rows[1]"), made.named("rows[2]"), made.named("meter")) == (
        (1,),
        (1,),
        (),
        (),
    )


def test_no_digit_is_lost_on_the_way() -> None:
    made = compose("registers", [Reading("registers", "甲", None, "kWh", AT, Decimal("92233720368547758.07"))])
    assert b"92233720368547758.07" in made.content
