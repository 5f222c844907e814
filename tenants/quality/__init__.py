"""What looks wrong in a tenant's data, what a person made of it, and the estimates that stand in its place."""
