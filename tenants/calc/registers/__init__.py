"""Cumulative registers: which readings count, and the interval curve that follows from them. Pure.

`dial` says what is known of a register, `course` lays readings and events out, `plausible` tells ordinary steps from others,
`verdict` decides about each reading, `knots` makes exact energies of those that count, `intervals` spreads them over local
days, `locality` tells how far a change can reach. Everything is a function of the set of readings and events alone.
"""
