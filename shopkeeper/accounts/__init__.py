"""Who is shopping: register, log in, sessions, guests."""
