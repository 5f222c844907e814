"""What the keys of results are called in tables for people; JSON has the keys themselves."""

from __future__ import annotations

LABELS = {
    "accepted": "Accepted", "actor": "Who", "batch": "Import", "bills": "Bills", "intervals": "Intervals", "received": "When",
    "refused": "Rejected", "sheet": "Sheet", "undone": "Taken back by", "at": "When", "shape": "Shape", "forgotten": "Forgotten",
    "account_name": "Account name",
    "energy": "At stake", "problem": "Problem", "sentence": "What is thought wrong", "yuan": "CNY",
    "account_no": "Account number", "activity": "Entry", "behind": "Behind meter",
    "certificate": "Certificate", "channel": "Channel", "checked": "Checked", "claim_year": "Claimed for", "code": "Join code",
    "completeness": "Completeness", "consent": "The park sees", "contact": "Contact", "counts": "What counts", "data": "Folder",
    "database": "Database", "days": "Days", "disabled": "Closed", "emission_tco2": "Target, tCO2", "erased": "Pseudonym",
    "estimated": "Estimated",
    "expires": "Expires", "factor": "Factor", "figure": "Figure", "file": "File", "files": "Files", "first": "First interval",
    "flow": "Flow", "from": "First day", "goal": "Goal", "guess": "Firm of the same name", "held": "Entered by the park",
    "id": "Id", "kept": "Stored value", "kind": "Type", "kwh": "kWh", "last": "Last interval", "matched": "How it matched",
    "met": "Goal met", "meter": "Meter", "method": "Known by", "missing": "Missing intervals", "month": "Month",
    "months": "Months", "multiplier": "Multiplier", "name": "name", "offered": "Offered value", "offset": "Offset",
    "parent": "Behind meter", "park": "Park", "park_title": "Of the park", "pid": "Process", "prefix": "Prefix of its roles",
    "project": "Project", "province": "Province", "quantity": "Quantity", "ratio": "Ratio", "reason": "Reason",
    "region": "Grid region", "remedy": "What to do", "removed": "Removed", "revision": "Revision", "revoked": "Withdrawn on",
    "role": "Role", "row": "Row", "rows": "Rows", "scopes": "Scopes", "serials": "Serial numbers", "sha256": "SHA-256",
    "since": "Since", "site": "Site", "source": "Source", "start": "Start", "state": "State", "status": "State",
    "tenant": "Tenant", "tenants": "Tenants", "title": "name", "to": "Last day", "token": "Token", "tonnes": "Tonnes",
    "total": "Total", "unit": "Unit", "use_year": "Year used instead", "used": "Last used", "user": "Person", "value": "Value",
    "vintage": "Generated in", "waiting": "Waits for the park", "withdrawn": "Taken back", "year": "Year", "zone": "Area",
    "final": "Final reading", "initial": "Initial reading", "digits": "Digits", "until": "Until", "offset_s": "Clock ahead, s",
    "recorded": "Recorded", "rest": "Unmetered", "share": "Share", "children": "Sub-meters",
    "rated": "Rated power", "rule": "Rule", "end": "End", "methods": "Ways to put it right", "decided": "Decided on",
}  # fmt: skip

# Keys whose values are words of the program, not of people.
CODES = {"consent", "kind", "matched", "method", "role", "state", "status"}
CODE_LABELS = {
    "register": "register",
    "exchange": "Meter exchanged", "reset": "Register reset", "multiplier": "New multiplier", "clock": "Clock was off",
    "open": "open", "accepted": "accepted as true", "replaced": "replaced", "left": "left as it is", "gone": "gone",
    "active": "in use", "waiting": "waits for the park", "provisioning": "being prepared", "suspended": "suspended",
    "erased": "erased", "month": "months", "day": "days", "interval": "intervals", "held": "held", "reserved": "reserved",
    "retired": "retired", "cancelled": "cancelled", "gec": "green certificate", "traded": "traded green power",
    "gec_self_use": "certificate of own PV", "bill": "bill", "statement": "statement", "estimate": "estimate",
    "exact": "exact", "latest_earlier": "latest earlier year", "chosen": "later year, chosen", "running": "running",
    "stopped": "stopped", "starting": "starting", "stopping": "stopping", "absent": "not there yet",
    "outside": "another server", "operator": "Platform operator", "park_admin": "Park administrator", "owner": "Firm owner",
    "member": "Firm member", "regulator": "Regulator", "auditor": "Auditor",
}  # fmt: skip
