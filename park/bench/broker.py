"""A real mosquitto on a free loopback port, with the files that the program writes for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from park.installation import Installation
from park.mqtt import files
from tenants.errors import LingyuanError

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
ANSWER_S = 10.0


class BrokerMissing(LingyuanError):
    """There is no mosquitto on this computer."""

    status = 500
    remedy = "Install it, for example: sudo apt-get install -y mosquitto"


class BrokerDown(LingyuanError):
    """The broker did not start: {said}"""

    status = 500
    remedy = "Look at what it says, and start it by hand: mosquitto -c {path}"


def program(*, install: bool = False) -> str:
    """Where mosquitto is; installed as root on Debian if wished. Raises BrokerMissing."""
    found = shutil.which("mosquitto", path=PATH)
    if found is None and install and os.geteuid() == 0 and shutil.which("apt-get"):
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], check=False, stdout=subprocess.DEVNULL)
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "mosquitto"]
        subprocess.run(command, check=False, env=environ, stdout=subprocess.DEVNULL)
        found = shutil.which("mosquitto", path=PATH)
    if found is None:
        raise BrokerMissing()
    return found


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Broker:
    """A broker in a folder; it can be ended and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As LINGYUAN_MQTT_URL has it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it listens. Raises BrokerMissing, BrokerDown."""
        command = [program(), "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise BrokerDown(said=(self.folder / "log").read_text(encoding="utf-8")[-300:], path=self.folder / "mosquitto.conf")

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it; with SIGTERM it saves what it holds."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None


@contextmanager
def broker(house: Installation, folder: Path, port: int | None = None) -> Iterator[Broker]:
    """A running broker whose users are the installation's tokens. The example configuration, but for port and account."""
    files.write(house, folder)
    found, path = Broker(folder, port or free_port()), folder / "mosquitto.conf"
    text = path.read_text(encoding="utf-8").replace("listener 1883 ", f"listener {found.port} ")
    path.write_text(text + ("user root\n" if os.geteuid() == 0 else ""), encoding="utf-8")  # to enter a private folder
    found.start()
    try:
        yield found
    finally:
        found.end()
