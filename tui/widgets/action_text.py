"""Text of which parts can be clicked.

Textual's own `@click` paints what can be clicked in one color; here each part keeps its own.
"""
from __future__ import annotations

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static


def clickable(content: Content, action: str) -> Content:
    """The content, running this action (`app.cart`, `screen.search`, or the widget's own `more`) where clicked."""
    return content.stylize(Style.from_meta({"action": action}))


async def run_clicked(widget: Widget, event: events.Click) -> None:
    """Runs the action of the part that was clicked, if it has one, and lets nobody else do so."""
    action = event.style.meta.get("action")
    if action:
        event.stop()
        await widget.run_action(action)


class ActionText(Static):
    """Runs the action of the part that is clicked."""

    async def on_click(self, event: events.Click) -> None:
        await run_clicked(self, event)
