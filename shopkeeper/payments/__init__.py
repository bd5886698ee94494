"""How it is paid: the gateway protocol and the portals behind it."""
