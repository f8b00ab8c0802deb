"""``python -m clustergraph`` is the command line."""

from clustergraph.cli import main

if __name__ == "__main__":
    main()
