"""The views, one module a page: found by their ``PATH`` (an address) or ``ABOUT`` (classes of things)."""
