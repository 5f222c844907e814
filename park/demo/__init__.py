"""The demo park: fictional firms whose curves and bills are computed from written-down assumptions, day by day."""
