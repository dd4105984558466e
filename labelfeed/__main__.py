"""`python -m labelfeed` is the command line."""

from labelfeed.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
