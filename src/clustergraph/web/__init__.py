"""The service over HTTP: a request in, a response out; :class:`.app.ClustergraphApp` is all of it.

:mod:`.http` holds connections, requests and replies; :mod:`.sparql` the protocol and the way of a query;
:mod:`.pages`, :mod:`.data` and :mod:`.operation` what else is served. :mod:`.releases` is what they all ask.
"""
