"""How we check: dated and cited instruments, and what people answered to them."""
