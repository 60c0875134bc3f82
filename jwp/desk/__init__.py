"""The signed-in home: what is mine, due and late; search; imports and exports; the outbox."""
