"""`python -m aiprod_studio` is the command `aiprod-studio`."""

import sys

from aiprod_studio.launch import main

if __name__ == "__main__":
    sys.exit(main())
