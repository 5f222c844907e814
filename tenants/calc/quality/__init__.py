"""Rules that tell what in a load curve cannot be right, each with its id and its reason. Pure: numbers in, findings out."""
