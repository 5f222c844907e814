"""lingyuan mqtt, mqtt-files"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from park import logs
from park.cli.frame import command, house
from park.config import Problem, Settings, SettingsWrong
from park.installation import prepare


@command()
def mqtt() -> None:
    """Take readings from the MQTT broker of LINGYUAN_MQTT_URL until told to stop."""
    from park.mqtt.run import run

    settings = Settings.read(os.environ)
    if settings.mqtt_url is None:
        remedy = "Write mqtt://HOST:1883 or mqtts://HOST:8883 for a broker with our files, else mqtt://USER:PASSWORD@HOST:1883."
        raise SettingsWrong([Problem("LINGYUAN_MQTT_URL", "it is missing.", remedy)])
    logs.to_output("mqtt", settings.log_level)
    found = prepare(settings)
    try:
        run(found)
    finally:
        found.close()


@command("mqtt-files")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def mqtt_files(folder: Path) -> dict[str, Any]:
    """Write the files of a mosquitto broker into FOLDER: passwords, rules and an example configuration."""
    from park.mqtt import files

    with house() as found:
        changed = files.write(found, folder.resolve())
    return {
        "folder": str(folder.resolve()),
        "changed": changed,
        "user": files.USER,
        "start": f"mosquitto -c {folder.resolve()}/mosquitto.conf",
    }
