"""All manufacturers together, and who may do what."""
