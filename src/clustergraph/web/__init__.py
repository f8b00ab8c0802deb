"""The service over HTTP: a request in, the bytes of a response out; :func:`.app.create_app` puts it together.

The way of a query: :mod:`.sparql` (one plain ASGI endpoint) looks into the :mod:`.cache`, reads the
request with :mod:`.request`, chooses formats with :mod:`.negotiation`, and hands a job to the
pool of :mod:`clustergraph.store`. Everything else is an ordinary FastAPI route.
"""
