"""For load balancers and watchers: is the process alive, and is it fit to serve."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from dashboards.house import house
from park import health

watch = Blueprint("watch", __name__)


@watch.get("/healthz")
def alive() -> Response:
    """200 while the process runs, whatever else may be down."""
    return Response("ok\n", mimetype="text/plain")


@watch.get("/readyz")
def ready() -> Response:
    """200 when fit to serve, 503 with the reasons otherwise."""
    reasons = health.problems(house().db, house().settings)
    answer = jsonify(ready=not reasons, reasons=reasons)
    answer.status_code = 503 if reasons else 200
    return answer
