"""The tables: `own` is one tenant's schema, `shared` what tenants write or read in the shared schema."""
