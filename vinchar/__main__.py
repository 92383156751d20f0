"""``python -m vinchar VERB``: the command line."""

import sys

from vinchar.cli import main

sys.exit(main())
