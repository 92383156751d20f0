"""Train the model from scratch and write it to ``trained/``: ``python train.py --preset quick|full|large``."""

import sys

from vinchar.command.main import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
