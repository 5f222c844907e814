"""Pure calculations: numbers in, numbers out. No database, no web, no plots."""
