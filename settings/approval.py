"""What Wagtail calls when a text's last approval is given.

A module of its own, since Wagtail imports it while models are still being loaded.
"""

from __future__ import annotations

from typing import Any


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish within the team's rules on approval (cms.core.actions.publish_approved)."""
    from cms.core import actions

    actions.publish_approved(workflow_state, user=user)
