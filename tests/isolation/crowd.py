"""As many tenants as twenty-three parks of a hundred, made by the cached script in batches."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

from tenants import provision
from tests.isolation.world import World

BATCH = 50


def crowd(world: World, count: int) -> list[str]:
    """The names of so many new tenants, half of them in each park, each with a site that bears its name."""
    names = [provision.new_name("t", world.db.prefix) for _ in range(count)]
    parks = (world.here, world.there)
    for batch in _batches(names):  # each over a connection of its own: one that has met 2,300 schemas fills a gigabyte
        with psycopg.connect(world.installed.owner_dsn) as connection:
            for number, name in enumerate(batch):
                _add(connection, world, name, parks[number % 2])
    return names


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]


def _add(connection: psycopg.Connection[tuple[object, ...]], world: World, name: str, park: str) -> None:
    with connection.pipeline():
        connection.execute(
            "INSERT INTO shared.tenant (name, park, title, state, timezone, region) "
            "VALUES (%s, %s, %s, 'provisioning', 'Asia/Shanghai', '重庆')",
            (name, park, f"firm {name}"),
        )
        for statement in provision.statements(name, world.db.prefix):
            connection.execute(statement)
        connection.execute(
            sql.SQL("INSERT INTO {}.site (id, name, region) VALUES (gen_random_uuid(), {}, '重庆')").format(
                sql.Identifier(name), sql.Literal(f"canary {name}")
            )
        )
        connection.execute(
            "INSERT INTO shared.flow_month (tenant, site, flow, month, park, zone, region, quantity, measured, estimated, "
            "backed, missing, expected) "
            "VALUES (%s, gen_random_uuid(), 'grid_in', '2026-01-01', %s, '', '重庆', 1, 1, 0, 0, 0, 44640)",
            (name, park),
        )
