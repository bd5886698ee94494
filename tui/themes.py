"""How the shop looks: a dark, a light and a high-contrast theme."""
from __future__ import annotations

from textual.theme import Theme

VARIABLES = {"muted": "#938d80", "line": "#3a3f4b"}
"""The variables of our own that every theme sets; the values are for themes that do not."""

INK = Theme(
    name="ink", dark=True, primary="#e8a33d", secondary="#7aa2c8", accent="#e8a33d", foreground="#e9e4d8",
    background="#14161b", surface="#191c22", panel="#22262f", success="#8fbf7f", warning="#e0b45c", error="#e8776d",
    variables={"muted": "#a09a8c", "line": "#3a3f4b", "border": "#3a3f4b", "border-blurred": "#2b2f39",
               "input-cursor-background": "#e8a33d", "footer-key-foreground": "#e8a33d"},
)
PAPER = Theme(
    name="paper", dark=False, primary="#a8480f", secondary="#2f5d86", accent="#a8480f", foreground="#2a2824",
    background="#fbf8f1", surface="#f5f0e4", panel="#ebe4d3", success="#2f6b2a", warning="#7a4f00", error="#a3261b",
    variables={"muted": "#6a6154", "line": "#cfc6b2", "border": "#cfc6b2", "border-blurred": "#ded6c4",
               "input-cursor-background": "#a8480f", "input-cursor-foreground": "#fbf8f1"},
)
CONTRAST = Theme(
    name="contrast", dark=True, primary="#ffd700", secondary="#66ccff", accent="#ffd700", foreground="#ffffff",
    background="#000000", surface="#000000", panel="#262626", success="#5fff5f", warning="#ffd75f", error="#ff8787",
    variables={"muted": "#d0d0d0", "line": "#ffffff", "border": "#ffffff", "border-blurred": "#a8a8a8",
               "input-cursor-background": "#ffd700", "input-cursor-foreground": "#000000"},
)

THEMES = {theme.name: theme for theme in (INK, PAPER, CONTRAST)}

IN_WORDS = {INK.name: "light on dark", PAPER.name: "dark on light", CONTRAST.name: "high contrast"}
"""What each theme is like."""
