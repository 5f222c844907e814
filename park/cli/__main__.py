"""`python -m park.cli`, for the programs that the supervisor starts."""

from park.cli import main

main()
