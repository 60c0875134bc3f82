"""What is written in this room, one file per noun."""
