"""The screens. They know the shop only through `tui.backend`."""
