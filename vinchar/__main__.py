"""``python -m vinchar VERB``: the command line."""

import sys

from vinchar.command.main import main

sys.exit(main())
