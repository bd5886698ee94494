"""How many there are: stock, reservations, movements."""
