"""`python -m jwp.cli`: the same command where it is not installed on the path."""

import sys

from jwp.cli import main

sys.exit(main())
