"""The forecasters that compete, one a module, listed in `CANDIDATES`."""
