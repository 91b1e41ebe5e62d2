"""`python -m vetagenda_embedded` is `vetagenda`."""

import sys

from vetagenda_embedded.cli import main

sys.exit(main())
