"""Text that changes often, beside others."""
from __future__ import annotations

from textual.geometry import Size
from textual.widgets import Static


class Caption(Static):
    """A Static after whose change all is laid out once.

    Textual does it once more for the virtual size, which has grown with it; but nothing scrolls here.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:  # noqa: ARG002
        return super()._size_updated(size, virtual_size, container_size, layout=False)
