"""Text of which parts can be clicked.

Textual's own `@click` paints what can be clicked in one color; here each part keeps its own.
"""
from __future__ import annotations

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static


def clickable(content: Content, action: str) -> Content:
    """The content, running this action (`app.cart`, `screen.search`, or the widget's own `more`) where clicked."""
    return content.stylize(Style.from_meta({"action": action}))


class ActionText(Static):
    """Runs the action of the part that is clicked."""

    async def on_click(self, event: events.Click) -> None:
        action = event.style.meta.get("action")
        if action:
            event.stop()
            await self.run_action(action)
