"""For all tests: property tests try the same examples every time, so that a change is what fails.

`AIPROD_EXPLORE=1` lets them look for new ones; what they find becomes a test of its own.
"""

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True)
if not os.environ.get("AIPROD_EXPLORE"):
    settings.load_profile("steady")
