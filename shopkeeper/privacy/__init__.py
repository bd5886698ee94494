"""What the shop keeps of an account: told to its owner, and forgotten."""
