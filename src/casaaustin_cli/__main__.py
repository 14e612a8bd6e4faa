"""`python -m casaaustin_cli` is `casa`."""

from casaaustin_cli.app import main

if __name__ == "__main__":
    main()
