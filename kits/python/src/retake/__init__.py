"""Record and replay the Gemini, OpenAI and Anthropic APIs in tests.

With pytest, the plugin of this package does everything: see docs/pytest.md. `recording` is for unittest and other frameworks.
"""

from retake._recording import recording, start
from retake._retake import CassetteMiss, Fault, Retake, RetakeError, Urls

__all__ = ["CassetteMiss", "Fault", "Retake", "RetakeError", "Urls", "recording", "start"]
