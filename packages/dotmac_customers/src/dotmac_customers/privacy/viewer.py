"""Who looks at something that may be private."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads: `subject` as the audit log names them.

    What is private is seen by who made it, and by those who see everything that is private.
    """

    subject: str
    sees_private: bool = False

    def may_see(self, *, is_private: bool, made_by: str) -> bool:
        """Whether something that `made_by` made is there for this viewer."""
        return not is_private or self.sees_private or made_by == self.subject
