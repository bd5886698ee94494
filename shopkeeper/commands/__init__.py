"""What the `shopkeeper` command does besides opening the shop: one module for each kind of command."""
