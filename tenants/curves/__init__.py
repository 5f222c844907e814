"""Load curves: one row per channel and local day. `offer`, `merge`, `steps` and `fold` are pure; `store` reads and writes."""
