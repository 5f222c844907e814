"""What a gateway can read from meters, by the names that register maps and configurations use."""

from __future__ import annotations

from typing import Final

_TARIFFS: Final = ("", "_sharp", "_peak", "_flat", "_valley")

# Cumulative: they go out as register readings.
REGISTERS: Final = frozenset(
    [
        f"{base}{tariff}"
        for base in ("energy_import", "energy_export", "reactive_import", "reactive_export")
        for tariff in _TARIFFS
    ]
    + ["energy_combined", "energy_total", "energy_yield", "volume", "heat"]
)
# Power: it goes out as the mean of an interval.
POWERS: Final = frozenset(["power", "power_a", "power_b", "power_c"])
# Shown by --check, not sent: the platform counts energy.
SHOWN: Final = frozenset(
    [f"{base}_{phase}" for base in ("voltage", "current") for phase in "abc"]
    + ["reactive_power", "apparent_power", "power_factor", "frequency", "demand_import", "demand_export"]
)
ALL: Final = REGISTERS | POWERS | SHOWN
# The flow that a quantity is unless the configuration says otherwise.
FLOW_OF: Final = {
    "energy_export": "grid_out", "energy_yield": "pv_gen", "reactive_import": "reactive_in", "reactive_export": "reactive_out",
}  # fmt: skip
