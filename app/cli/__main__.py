"""`python -m app.cli` is `miniprojects`."""

from app.cli import main

main()
