"""Read every picture in the files and folders given: ``python3 inference.py images``."""

import sys

from vinchar.command.main import main

if __name__ == "__main__":
    sys.exit(main(["read", *sys.argv[1:]]))
