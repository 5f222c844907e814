"""A real mosquitto for tests, where there is one."""

from __future__ import annotations

import shutil

import pytest

from park.bench.broker import PATH, Broker, broker, free_port

needs_mosquitto = pytest.mark.skipif(shutil.which("mosquitto", path=PATH) is None, reason="no mosquitto on this machine")

__all__ = ["Broker", "broker", "free_port", "needs_mosquitto"]
