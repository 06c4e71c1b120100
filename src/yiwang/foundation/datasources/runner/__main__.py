"""``python -m yiwang.foundation.datasources.runner``: the process ``query``, started by the supervisor."""

from __future__ import annotations

import asyncio
import logging
import os

from yiwang.foundation.datasources.runner.server import given_in, serve

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    asyncio.run(serve(given_in(os.environ)))
