"""The shop over HTTP: thin routes, each one service call. Needs the extra `[api]`."""
