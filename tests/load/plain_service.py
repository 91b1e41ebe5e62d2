"""One service as a plain process: `python plain_service.py '<settings as JSON>' <port>`."""

import json
import sys

import uvicorn

from vetagenda_agenda.app import create
from vetagenda_agenda.settings import Settings

if __name__ == "__main__":
    settings = Settings(**json.loads(sys.argv[1]))
    uvicorn.run(create(settings), port=int(sys.argv[2]), access_log=False, log_level="warning")
