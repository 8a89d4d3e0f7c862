"""``python -m heco`` is ``heco``."""

from heco.cli import main

if __name__ == "__main__":
    main()
