"""SMS-1: who wants only the count takes only this package."""

import subprocess
import sys
from pathlib import Path

import vetagenda_sms_text

FOLDER = Path(vetagenda_sms_text.__file__).parents[1]


def test_it_needs_nothing_but_the_standard_library() -> None:
    script = (
        f"import sys; sys.path.append({str(FOLDER)!r})\n"
        "from vetagenda_sms_text import segment; print(segment('Milou').segments)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.strip()) == ("", "1")
