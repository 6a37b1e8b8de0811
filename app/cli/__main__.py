"""`python -m app.cli` is `miniprojects`."""

from app.cli import main

if __name__ == "__main__":
    main()
