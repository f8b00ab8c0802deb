"""HTTP itself: connections, requests, negotiation, problems, replies and what is noted of them."""
