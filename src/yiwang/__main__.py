"""``python -m yiwang``: the command line."""

from yiwang.project.cli import main

raise SystemExit(main())
