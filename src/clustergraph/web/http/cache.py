"""Finished responses by request, bounded by bytes; right as long as the data stay, so one per release."""

from collections import OrderedDict

from clustergraph.web.http.reply import Reply
from clustergraph.web.http.request import Key


class ReplyCache:
    """The replies used last, up to a number of bytes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._replies: OrderedDict[Key, tuple[Reply, int]] = OrderedDict()

    def get(self, key: Key) -> Reply | None:
        """Return the reply to a request, None where it is not known."""
        found = self._replies.get(key)
        if found is None:
            return None
        self._replies.move_to_end(key)
        return found[0]

    def put(self, key: Key, reply: Reply) -> None:
        """Keep a reply; the longest unused ones make room."""
        size = _size(key, reply)
        if size > self._capacity // 8 or key in self._replies:
            return
        self._replies[key] = (reply, size)
        self._size += size
        while self._size > self._capacity:
            _, (_, freed) = self._replies.popitem(last=False)
            self._size -= freed

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._size


def _size(key: Key, reply: Reply) -> int:
    return 1024 + sum(map(len, key)) + len(reply.body)
