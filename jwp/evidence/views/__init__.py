"""Pages: `documents` with sources, events and files; `products` and what was done with them."""
