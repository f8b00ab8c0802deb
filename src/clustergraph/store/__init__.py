"""Read-only queries over built files: data files in, bytes of answers out, within limits.

The way of a query: :mod:`.pool` (in the service) hands a :class:`.wire.Job` to one of the worker
processes that :mod:`.fork_server` forks from a loaded store; :mod:`.worker` receives it, :mod:`.guard`
looks at its tokens, :mod:`.answering` runs it and writes the bytes back. Whatever the engine does to
the process then happens in one that can be lost.
"""
