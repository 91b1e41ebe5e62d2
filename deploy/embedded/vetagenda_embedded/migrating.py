"""The kit's migration commands on a database that is thrown away.

python -m vetagenda_embedded.migrating new <service> "what changes"
python -m vetagenda_embedded.migrating check <service> [<service> ...]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from vetagenda_embedded.postgres import Postgres


def main(arguments: list[str]) -> int:
    """The exit code of the kit's command."""
    with tempfile.TemporaryDirectory(prefix="vetagenda-migrating-") as folder:
        server = Postgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            command = [sys.executable, "-m", "vetagenda_kit.migrations", *arguments]
            return subprocess.run(
                command, env=os.environ | {"DATABASE_URL": server.url()}, check=False
            ).returncode
        finally:
            server.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
