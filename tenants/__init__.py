"""One manufacturer: its schema, its meters, its sums. Knows nothing of the park."""
