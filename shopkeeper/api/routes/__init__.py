"""A module for each part of the shop; each route is one service call."""
